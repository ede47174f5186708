package io.serai.admin;

/**
 * One thing that was looked at for a health page.
 *
 * @param name short and stable, such as {@code listener mqtt}
 * @param isUp whether it is as it should be
 * @param detail what was found; says what is wrong when it is not up
 */
public record Check(String name, boolean isUp, String detail) {
  /** A check that passed. */
  public static Check up(String name, String detail) {
    return new Check(name, true, detail);
  }

  /** A check that did not pass. */
  public static Check down(String name, String detail) {
    return new Check(name, false, detail);
  }
}
