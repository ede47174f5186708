package io.serai.config;

/**
 * One thing that is wrong (or, among the warnings, suspicious) in the configuration, told in one
 * line: {@code file:line key: message; hint}.
 *
 * @param file the file, shown relative to the working folder when it lies inside; or {@code --set},
 *     {@code environment variable NAME}
 * @param line 1 for the first line, 0 when the source has no lines
 * @param key the full key, such as {@code listeners.mqtt.port}; empty when none is known
 * @param message what is wrong and what was found; never a password
 * @param hint what is allowed or what was probably meant; empty when there is nothing to add
 */
public record ConfigError(String file, int line, String key, String message, String hint) {

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(file);
    if (line > 0) {
      text.append(':').append(line);
    }
    if (!key.isEmpty()) {
      text.append(' ').append(key);
    }
    text.append(": ").append(message);
    if (!hint.isEmpty()) {
      text.append("; ").append(hint);
    }
    return text.toString();
  }
}
