package io.serai.gateway.stomp;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The versions of STOMP, oldest first. */
public enum StompVersion {
  V1_0("1.0"),
  V1_1("1.1"),
  V1_2("1.2");

  /** All of them as CONNECTED and ERROR list them. */
  static final String ALL =
      Arrays.stream(values()).map(StompVersion::text).collect(Collectors.joining(","));

  private static final List<StompVersion> NEWEST_FIRST = List.of(V1_2, V1_1, V1_0);

  private final String text;

  StompVersion(String text) {
    this.text = text;
  }

  /** As headers spell it: {@code 1.2}. */
  public String text() {
    return text;
  }

  /** Whether this version or a later one is spoken. */
  boolean isAtLeast(StompVersion other) {
    return compareTo(other) >= 0;
  }

  /**
   * The newest version in the value of {@code accept-version}.
   *
   * @param accepted null when there is no such header, which means 1.0
   * @return null when we speak none of them
   */
  static @Nullable StompVersion newestIn(@Nullable String accepted) {
    if (accepted == null) {
      return V1_0;
    }
    List<String> listed = Arrays.stream(accepted.split(",", -1)).map(String::strip).toList();
    for (StompVersion version : NEWEST_FIRST) {
      if (listed.contains(version.text)) {
        return version;
      }
    }
    return null;
  }
}
