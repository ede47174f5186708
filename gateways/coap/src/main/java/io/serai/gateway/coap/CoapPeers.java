package io.serai.gateway.coap;

import io.serai.gateway.Codec;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Gateway.Conversation;
import io.serai.gateway.Session;
import io.serai.gateway.Settings;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/** The message layer of a node: codec and session for a peer over any transport. Thread-safe. */
public final class CoapPeers {
  /** Beside the body: length, code, token and options of a message over TCP or WebSocket. */
  static final int HEAD_BYTES = MessageParts.MAX_OPTION_BYTES + 2_048;

  private final CoapShared shared = CoapShared.create();

  /** Message ids and waiting times: nobody should guess them, but they are no secrets. */
  private final RandomGeneratorFactory<RandomGenerator> randoms =
      RandomGeneratorFactory.of("L64X128MixRandom");

  private final SecureRandom seeds = new SecureRandom();

  /** The settings read last. */
  private volatile @Nullable Known known;

  private record Known(Settings settings, CoapSettings read) {}

  /**
   * The two halves of a connection.
   *
   * @param handler what its requests are handed to
   */
  public Conversation<CoapFrame> open(
      ConnectionInfo info, Settings settings, RequestHandler handler) {
    CoapSettings options = read(settings);
    return switch (info.transport()) {
      case "udp", "dtls" ->
          new Conversation<>(
              new DatagramCodec(),
              new DatagramSession(
                  info, options, shared, handler, randoms.create(seeds.nextLong())));
      case "websocket", "websocket-tls" -> {
        int maxBytes = maxMessageBytes(options);
        yield conversation(new WebSocketCodec(maxBytes), options, handler, maxBytes);
      }
      default -> {
        int maxBytes = maxMessageBytes(options);
        yield conversation(new StreamCodec(maxBytes), options, handler, maxBytes);
      }
    };
  }

  /** Peers of a listener share what was read of its settings. */
  private CoapSettings read(Settings settings) {
    Known last = known;
    if (last == null || last.settings != settings) {
      last = new Known(settings, CoapSettings.of(settings));
      known = last;
    }
    return last.read;
  }

  private Conversation<CoapFrame> conversation(
      Codec<CoapFrame> codec, CoapSettings options, RequestHandler handler, int maxBytes) {
    Session<CoapFrame> session = new StreamSession(options, shared, handler, maxBytes);
    return new Conversation<>(codec, session);
  }

  private static int maxMessageBytes(CoapSettings options) {
    return (int) Math.min(Integer.MAX_VALUE, (long) options.maxBodyBytes() + HEAD_BYTES);
  }
}
