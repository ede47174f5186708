package io.serai.config;

import com.typesafe.config.ConfigValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Key types for values with a unit: sizes and times. */
final class UnitTypes {
  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile("\\s*([0-9]{1,15}(?:\\.[0-9]{1,9})?)\\s*([A-Za-z]*)\\s*");

  private UnitTypes() {}

  /** A number of bytes, both bounds included; the unit may be left out. */
  record Bytes(long min, long max) implements KeyType<Long> {
    private static final Map<String, Long> UNITS = units();

    private static Map<String, Long> units() {
      Map<String, Long> units = new LinkedHashMap<>();
      units.put("B", 1L);
      units.put("kB", 1_000L);
      units.put("KiB", 1L << 10);
      units.put("MB", 1_000_000L);
      units.put("MiB", 1L << 20);
      units.put("GB", 1_000_000_000L);
      units.put("GiB", 1L << 30);
      return units;
    }

    @Override
    public Reading<Long> read(ConfigValue value, ReadContext context) {
      Matcher parts = NUMBER_AND_UNIT.matcher(PlainTypes.text(value));
      if (!PlainTypes.isScalar(value) || !parts.matches()) {
        return expected(value);
      }
      String unit = parts.group(2).isEmpty() ? "B" : parts.group(2);
      Long factor = UNITS.get(unit);
      if (factor == null) {
        return new Bad<>(
            "unknown unit \"" + unit + "\" in " + Found.describe(value),
            Suggestions.didYouMean(unit, UNITS.keySet()));
      }
      BigDecimal bytes = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(factor));
      boolean isInside =
          bytes.compareTo(BigDecimal.valueOf(min)) >= 0
              && bytes.compareTo(BigDecimal.valueOf(max)) <= 0;
      return isInside ? new Good<>(bytes.longValue()) : expected(value);
    }

    @Override
    public String allowed() {
      return "a size from " + shown(min) + " to " + shown(max);
    }

    private static String shown(long bytes) {
      String shown = bytes + " B";
      for (var unit : UNITS.entrySet()) {
        if (unit.getKey().contains("i") && bytes > 0 && bytes % unit.getValue() == 0) {
          shown = bytes / unit.getValue() + " " + unit.getKey();
        }
      }
      return shown;
    }
  }

  /** A time with its unit, both bounds included. A bare number is refused, but for 0. */
  record Time(Duration min, Duration max) implements KeyType<Duration> {
    private static final Map<String, Duration> UNITS = units();

    private static Map<String, Duration> units() {
      Map<String, Duration> units = new LinkedHashMap<>();
      units.put("ms", Duration.ofMillis(1));
      units.put("s", Duration.ofSeconds(1));
      units.put("seconds", Duration.ofSeconds(1));
      units.put("m", Duration.ofMinutes(1));
      units.put("minutes", Duration.ofMinutes(1));
      units.put("h", Duration.ofHours(1));
      units.put("hours", Duration.ofHours(1));
      units.put("d", Duration.ofDays(1));
      units.put("days", Duration.ofDays(1));
      return units;
    }

    @Override
    public Reading<Duration> read(ConfigValue value, ReadContext context) {
      Matcher parts = NUMBER_AND_UNIT.matcher(PlainTypes.text(value));
      if (!PlainTypes.isScalar(value) || !parts.matches()) {
        return expected(value);
      }
      BigDecimal number = new BigDecimal(parts.group(1));
      String unit = parts.group(2);
      if (unit.isEmpty() && number.signum() != 0) {
        return new Bad<>(
            "a time needs a unit, found " + Found.describe(value),
            "write for example " + parts.group(1) + " s; units: ms, s, m, h, d");
      }
      Duration factor = unit.isEmpty() ? Duration.ofSeconds(1) : UNITS.get(unit);
      if (factor == null) {
        return new Bad<>(
            "unknown unit \"" + unit + "\" in " + Found.describe(value),
            Suggestions.didYouMean(unit, UNITS.keySet()));
      }
      BigDecimal millis = number.multiply(BigDecimal.valueOf(factor.toMillis()));
      boolean isInside =
          millis.compareTo(BigDecimal.valueOf(min.toMillis())) >= 0
              && millis.compareTo(BigDecimal.valueOf(max.toMillis())) <= 0;
      return isInside ? new Good<>(Duration.ofMillis(millis.longValue())) : expected(value);
    }

    @Override
    public String allowed() {
      return "a time from " + shown(min) + " to " + shown(max);
    }

    private static String shown(Duration time) {
      if (time.isZero()) {
        return "0 s";
      }
      long millis = time.toMillis();
      if (millis % 1000 != 0) {
        return millis + " ms";
      }
      long seconds = millis / 1000;
      return seconds % 86_400 == 0
          ? seconds / 86_400 + " d"
          : seconds % 3_600 == 0 ? seconds / 3_600 + " h" : seconds + " s";
    }
  }
}
