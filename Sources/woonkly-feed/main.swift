print("woonkly-feed")
