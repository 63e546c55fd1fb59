/// x
public enum Program {
  /// x
  public static func main() {}
}
