package io.serai.config;

import com.typesafe.config.ConfigValue;
import java.util.List;

/** Key types for addresses of peers. */
final class AddressTypes {
  private AddressTypes() {}

  /** Addresses and ranges in CIDR notation. */
  record Ranges() implements KeyType<List<String>> {
    private static final PlainTypes.Texts TEXTS = new PlainTypes.Texts("an address or range");

    @Override
    public Reading<List<String>> read(ConfigValue value, ReadContext context) {
      Reading<List<String>> texts = TEXTS.read(value, context);
      if (texts instanceof Good<List<String>>(List<String> ranges)) {
        for (String range : ranges) {
          if (!isRange(range)) {
            return new Bad<>(
                "not an address or range: " + Found.quoted(range),
                "write 10.1.2.3, 10.0.0.0/8 or \"fd00::/8\"");
          }
        }
      }
      return texts;
    }

    private static boolean isRange(String text) {
      int slash = text.indexOf('/');
      String address = slash < 0 ? text : text.substring(0, slash);
      if (!HostNames.isNumeric(address)) {
        return false;
      }
      String bits = slash < 0 ? "0" : text.substring(slash + 1);
      int most = address.indexOf(':') < 0 ? 32 : 128;
      return bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= most;
    }

    @Override
    public String allowed() {
      return TEXTS.allowed();
    }
  }
}
