int woonkly_simdjson_placeholder(void) { return 0; }
