package io.serai.gateway.amqp.v091;

import io.serai.gateway.Settings;

/**
 * What a listener offers its 0-9-1 clients.
 *
 * @param frameMaxBytes largest frame, 4096 or more
 * @param channelMax highest channel number, 1 to 2047
 * @param heartbeatSeconds proposed heartbeat interval; 0 for none
 * @param maxMessageBytes largest message body
 * @param version the server's version, as clients are told
 */
public record Amqp091Options(
    int frameMaxBytes, int channelMax, int heartbeatSeconds, long maxMessageBytes, String version) {
  /** RabbitMQ's limit; channel numbers must fit the confirm tokens. */
  static final int MAX_CHANNELS = 2047;

  static final int DEFAULT_FRAME_MAX_BYTES = 128 * 1024;
  static final long DEFAULT_MAX_MESSAGE_BYTES = 128L * 1024 * 1024;

  /** What stands where the build has put no version, as in tests run from classes. */
  private static final String UNVERSIONED = "0.1.0";

  public Amqp091Options {
    frameMaxBytes = Math.max(frameMaxBytes, Wire.MIN_FRAME_MAX_BYTES);
    channelMax = Math.clamp(channelMax, 1, MAX_CHANNELS);
    heartbeatSeconds = Math.clamp(heartbeatSeconds, 0, 0xFFFF);
  }

  /** Reads {@code frame-max}, {@code channel-max}, {@code heartbeat}, {@code max-message-size}. */
  public static Amqp091Options of(Settings settings) {
    return new Amqp091Options(
        settings.intValue("frame-max", DEFAULT_FRAME_MAX_BYTES),
        settings.intValue("channel-max", MAX_CHANNELS),
        (int) Math.min(settings.longValue("heartbeat", 60_000) / 1000, 0xFFFF),
        settings.longValue("max-message-size", DEFAULT_MAX_MESSAGE_BYTES),
        builtVersion());
  }

  /** The build's version without its qualifier: clients compare it as numbers. */
  private static String builtVersion() {
    String built = Amqp091Options.class.getPackage().getImplementationVersion();
    if (built == null) {
      return UNVERSIONED;
    }
    int qualifier = built.indexOf('-');
    return qualifier < 0 ? built : built.substring(0, qualifier);
  }
}
