package io.serai.config;

import io.serai.config.Catalogue.Topic;
import java.time.Duration;
import java.util.List;

/** The keys of CoAP listeners. */
final class CoapKeys {
  private static final String COAP = "coap";

  private CoapKeys() {}

  private static Key<Integer> whole(String name, int least, int most, String or, String text) {
    return Key.of("listeners.*." + name, new PlainTypes.Whole(least, most), text)
        .or(or)
        .onlyFor(COAP);
  }

  private static Key<Duration> time(
      String name, Duration least, Duration most, String or, String text) {
    return Key.of("listeners.*." + name, new UnitTypes.Time(least, most), text)
        .or(or)
        .onlyFor(COAP);
  }

  static final Topic TOPIC =
      new Topic(
          "CoAP listeners",
          "Names in capitals are those of RFC 7252, section 4.8.",
          List.of(
              Key.of(
                      "listeners.*.max-body-size",
                      new UnitTypes.Bytes(1024, 1 << 30),
                      "Largest body, put together of blocks or not; 4.13 beyond. It is bounded by"
                          + " `limits.max-message-size` too.")
                  .or("8 MiB")
                  .onlyFor(COAP),
              whole(
                  "block-size",
                  16,
                  1024,
                  "1024",
                  "What bodies are cut into over UDP; a power of two, or the next below counts."),
              time(
                  "ack-timeout",
                  Duration.ofMillis(100),
                  Duration.ofMinutes(1),
                  "2 s",
                  "ACK_TIMEOUT: a message that is not acknowledged is sent again after one to one"
                      + " and a half of it, then after twice as long each time."),
              whole("max-retransmit", 0, 10, "4", "MAX_RETRANSMIT: how often it is sent again."),
              whole(
                  "nstart",
                  1,
                  100,
                  "1",
                  "NSTART: confirmable messages underway to one client at a time."),
              whole("max-observations", 1, 1_000_000, "1000", "What one client may observe."),
              whole(
                  "max-pending-requests",
                  1,
                  1_000_000,
                  "1000",
                  "Requests of one client that wait for their answer; 4.29 beyond."),
              whole(
                  "max-requests-per-second",
                  0,
                  10_000_000,
                  "0",
                  "Requests of one client in a second; 4.29 beyond. 0 is no limit."),
              whole(
                  "amplification-factor",
                  0,
                  1_000,
                  "3",
                  "How much more is sent to another machine than came from it until it has shown,"
                      + " by the Echo option or an acknowledgement, that its address is its own."
                      + " 0 is no limit."),
              whole(
                  "confirm-every",
                  1,
                  1_000_000,
                  "20",
                  "Of so many notifications that need no acknowledgement one asks for it."),
              time(
                  "observer-check",
                  Duration.ofSeconds(10),
                  Duration.ofDays(1),
                  "1 h",
                  "Silence after which an observer, or a client over TCP, is asked whether it is"
                      + " there."),
              Key.of(
                      "listeners.*.psk-file",
                      new FileTypes.Readable(),
                      "For dtls: lines of `user:key`, the key in hexadecimal, as Mosquitto's"
                          + " `psk_file` has them. The user's name is the PSK identity.")
                  .onlyFor(COAP),
              Key.of(
                      "listeners.*.raw-public-keys-file",
                      new FileTypes.Readable(),
                      "For dtls: lines of `user:key`, the raw public key (RFC 7250) as"
                          + " SubjectPublicKeyInfo in base64.")
                  .onlyFor(COAP)));
}
