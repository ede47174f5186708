package io.serai.gateway.amqp;

import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Gateway;
import io.serai.gateway.Settings;
import io.serai.gateway.amqp.frame.AmqpFrame;
import java.util.List;

/** AMQP, every version on one listener. */
public final class AmqpGateway implements Gateway {
  private static final int DEFAULT_PORT = 5672;

  @Override
  public String name() {
    return "amqp";
  }

  @Override
  public String title() {
    return "AMQP 0-9-1";
  }

  @Override
  public List<String> commandLines(int port) {
    String where = port == DEFAULT_PORT ? "" : " --port=" + port;
    return List.of(
        "amqp-declare-queue" + where + " -q hello",
        "amqp-publish" + where + " -r hello -b 'a first message'",
        "amqp-get" + where + " -q hello");
  }

  @Override
  public Conversation<AmqpFrame> open(ConnectionInfo info, Settings settings) {
    AmqpCodec codec = new AmqpCodec();
    return new Conversation<>(codec, new AmqpSession(info, settings, codec));
  }
}
