package io.serai.config;

/**
 * One value in force that was written somewhere (not a key's default).
 *
 * @param key the full key
 * @param value what the written text became; compared to find changes, never printed
 * @param shown the written text, or {@code (hidden)}
 * @param place where it was written
 * @param entry its entry in the catalogue
 */
public record Setting(String key, Object value, String shown, Place place, Key<?> entry) {

  /** {@code key = value # file:line}. */
  @Override
  public String toString() {
    return key + " = " + shown + "  # " + place;
  }
}
