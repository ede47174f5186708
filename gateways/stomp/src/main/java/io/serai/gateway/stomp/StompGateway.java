package io.serai.gateway.stomp;

import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Gateway;
import io.serai.gateway.Settings;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/** STOMP 1.0, 1.1 and 1.2. */
public final class StompGateway implements Gateway {
  private static final int DEFAULT_PORT = 61_613;

  /** What stands where the build has put no version, as in tests run from classes. */
  private static final String UNVERSIONED = "0.1.0";

  private static final SecureRandom RANDOM = new SecureRandom();

  @Override
  public String name() {
    return "stomp";
  }

  @Override
  public String title() {
    return "STOMP 1.0, 1.1 and 1.2";
  }

  @Override
  public List<String> commandLines(int port) {
    String where = port == DEFAULT_PORT ? "" : " -P " + port;
    return List.of("python3 -m stomp" + where + " -U guest -W guest -L '/topic/plant.#'");
  }

  @Override
  public List<String> webSocketProtocols() {
    return List.of("v12.stomp", "v11.stomp", "v10.stomp");
  }

  @Override
  public boolean acceptsText() {
    return true;
  }

  @Override
  public Conversation<StompFrame> open(ConnectionInfo info, Settings settings) {
    StompOptions options = StompOptions.of(settings);
    StompCodec codec = new StompCodec(options);
    return new Conversation<>(
        codec, new StompSession(info, options, codec, StompGateway::randomName));
  }

  /** 22 characters that nobody was given before and nobody can guess. */
  private static String randomName() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The build's version, as clients are told. */
  static String version() {
    String built = StompGateway.class.getPackage().getImplementationVersion();
    return built == null ? UNVERSIONED : built;
  }
}
