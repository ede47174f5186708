package io.serai.gateway.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.Credentials;
import io.serai.gateway.Settings;
import io.serai.gateway.harness.Recorded;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A whole conversation, from CONNECT to DISCONNECT, with bytes of it changed: it ends in an ERROR
 * or goes on, and never in anything else.
 */
class ConversationFuzzTest {
  private static final Credentials GUEST = new Credentials.Plain("guest", "guest");

  private static final byte[] GOOD =
      Vectors.bytes(
          "CONNECT\n"
              + "accept-version:1.2\n"
              + "host:/\n"
              + "login:guest\n"
              + "passcode:guest\n"
              + "heart-beat:0,0\n\n"
              + "^@SUBSCRIBE\n"
              + "id:0\n"
              + "destination:/queue/q\n"
              + "ack:client-individual\n"
              + "prefetch-count:3\n\n"
              + "^@SUBSCRIBE\n"
              + "id:1\n"
              + "destination:/topic/a.#\n"
              + "receipt:s\n\n"
              + "^@\n"
              + "SEND\n"
              + "destination:/queue/q\n"
              + "a\\cb:c\\nd\n\n"
              + "hello^@SEND\r\n"
              + "destination:/queue/q\r\n"
              + "content-length:3\r\n"
              + "receipt:r\r\n\r\n"
              + "a^@b^@SEND\n"
              + "destination:/queue/r\n"
              + "x-max-length:5\n"
              + "reply-to:/temp-queue/t\n\n"
              + "call^@BEGIN\n"
              + "transaction:t\n\n"
              + "^@SEND\n"
              + "destination:/topic/k\n"
              + "transaction:t\n\n"
              + "x^@COMMIT\n"
              + "transaction:t\n\n"
              + "^@BEGIN\n"
              + "transaction:u\n\n"
              + "^@ABORT\n"
              + "transaction:u\n\n"
              + "^@UNSUBSCRIBE\n"
              + "id:1\n\n"
              + "^@\n\n"
              + "DISCONNECT\n\n"
              + "^@");

  /** One byte stream and how the server took it. */
  private static final class Run {
    final TestClient client = new TestClient(TestClient.info("tcp", true, null), Settings.DEFAULTS);

    /**
     * @param piece bytes that come at a time
     */
    Run(byte[] bytes, int piece) {
      // The codec is handed what came so far, as the driver does it.
      byte[] held = {};
      for (int at = 0; at < bytes.length; at += piece) {
        byte[] next = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece));
        held = client.saysHolding(held, next, this::authenticate);
      }
    }

    private void authenticate() {
      for (var asked : client.session.recorded(Recorded.Authenticating.class)) {
        client.session.authenticated(
            asked.credentials().equals(GUEST)
                    || asked.credentials() instanceof Credentials.Anonymous
                ? new AuthResult.Granted(new Unrestricted("guest"))
                : new AuthResult.Denied("wrong"));
      }
    }

    /** Checks that it came to a proper end, or still waits for the rest of a frame. */
    void assertProper(String what) {
      String reason = client.session.closeReason();
      String sent = client.sent();
      if (reason == null) {
        client.session.timeOutReading();
        assertThat(client.session.closeReason()).as(what).isEqualTo("keepalive_timeout");
        return;
      }
      switch (reason) {
        case "client_request" -> {}
        case "error", "unsupported_version" -> {
          assertThat(sent).as(what).endsWith("^@").contains("ERROR\nmessage:");
          assertThat(sent).as(what).doesNotContain("Exception").doesNotContain("Internal error");
        }
        default -> throw new AssertionError(what + ": closed for " + reason);
      }
    }
  }

  @Test
  void theConversationItselfGoesThrough() {
    Run run = new Run(GOOD, GOOD.length);
    assertThat(run.client.session.closeReason()).isEqualTo("client_request");
    assertThat(run.client.published())
        .containsExactly("/q hello", "/q a\0b", "/r call", "amq.topic/k x");
    run.assertProper("unchanged");
  }

  @Test
  void theConversationGoesThroughByteByByte() {
    Run run = new Run(GOOD, 1);
    assertThat(run.client.session.closeReason()).isEqualTo("client_request");
    assertThat(run.client.published())
        .containsExactly("/q hello", "/q a\0b", "/r call", "amq.topic/k x");
  }

  @Test
  void anyChangedByteEndsTheConnectionProperlyOrIsHarmless() {
    int ended = 0;
    for (int at = 0; at < GOOD.length; at++) {
      for (int change = 1; change < 256; change = change < 128 ? change * 2 : change + 127) {
        byte[] bad = GOOD.clone();
        bad[at] ^= (byte) change;
        Run run = new Run(bad, bad.length);
        ended += "error".equals(run.client.session.closeReason()) ? 1 : 0;
        run.assertProper("byte " + at + " xor " + change);
      }
    }
    assertThat(ended).as("changes that matter").isGreaterThan(GOOD.length);
  }

  @Test
  void severalChangesCutsAndRepeatsEndProperlyToo() {
    long seed = Long.getLong("serai.seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      byte[] bad = Arrays.copyOf(GOOD, GOOD.length + 200);
      System.arraycopy(GOOD, random.nextInt(GOOD.length - 200), bad, GOOD.length, 200);
      for (int n = random.nextInt(1, 5); n > 0; n--) {
        int at = random.nextInt(bad.length);
        switch (random.nextInt(3)) {
          case 0 -> bad[at] = (byte) random.nextInt(256);
          case 1 -> bad[at] = new byte[] {0, '\n', ':', '\\', '\r'}[random.nextInt(5)];
          default -> {
            int from = random.nextInt(bad.length);
            int count = Math.min(random.nextInt(1, 100), bad.length - Math.max(at, from));
            System.arraycopy(bad, from, bad, at, count);
          }
        }
      }
      bad = Arrays.copyOf(bad, random.nextInt(1, bad.length + 1));
      new Run(bad, random.nextInt(1, bad.length + 1)).assertProper("seed " + seed + " round " + i);
    }
  }
}
