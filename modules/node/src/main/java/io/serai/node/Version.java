package io.serai.node;

/** The program's version. */
public final class Version {
  private Version() {}

  /** As built, {@code 0.1.0-SNAPSHOT}; {@code development} when it runs from bare classes. */
  public static String current() {
    String built = Version.class.getPackage().getImplementationVersion();
    return built == null ? "development" : built;
  }
}
