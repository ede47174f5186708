package io.serai.gateway.amqp;

import io.serai.bus.Delivery;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Session;
import io.serai.gateway.Settings;
import io.serai.gateway.amqp.frame.AmqpFrame;
import io.serai.gateway.amqp.v091.Amqp091Codec;
import io.serai.gateway.amqp.v091.Amqp091Options;
import io.serai.gateway.amqp.v091.Amqp091Session;
import io.serai.gateway.amqp.v091.FrameLimits;
import java.util.List;

/**
 * Waits for the protocol header, then leaves the connection to the session of the version it names.
 * Confined to the connection's event loop.
 */
public final class AmqpSession implements Session<AmqpFrame> {
  private final ConnectionInfo info;
  private final Settings settings;
  private final AmqpCodec codec;

  AmqpSession(ConnectionInfo info, Settings settings, AmqpCodec codec) {
    this.info = info;
    this.settings = settings;
    this.codec = codec;
  }

  @Override
  public void onFrame(AmqpFrame frame, Effects<AmqpFrame> out) {
    if (frame.equals(ProtocolHeader.V_0_9_1) || frame.equals(ProtocolHeader.V_0_9)) {
      Amqp091Options options = Amqp091Options.of(settings);
      FrameLimits limits = new FrameLimits(options.frameMaxBytes(), options.maxMessageBytes());
      codec.choose(new Amqp091Codec(limits));
      out.become(ofAnyFrame(new Amqp091Session(info, options, limits)));
    } else {
      out.send(ProtocolHeader.V_0_9_1);
      out.close("unsupported_version");
    }
  }

  /**
   * A version's session as the connection's.
   *
   * @param session of a subtype of {@link AmqpFrame}; its codec reads nothing but that subtype
   */
  @SuppressWarnings("unchecked") // see above; effects that take any frame take the subtype's
  private static Session<AmqpFrame> ofAnyFrame(Session<? extends AmqpFrame> session) {
    return (Session<AmqpFrame>) session;
  }

  @Override
  public void onDeliveries(List<Delivery> deliveries, Effects<AmqpFrame> out) {
    throw new IllegalStateException("deliveries before the protocol header");
  }

  @Override
  public void onConfirm(long token, boolean accepted, Effects<AmqpFrame> out) {
    throw new IllegalStateException("confirm before the protocol header");
  }

  @Override
  public void onReadTimeout(Effects<AmqpFrame> out) {
    out.close("no_protocol_header");
  }

  @Override
  public void onProtocolError(ProtocolException error, Effects<AmqpFrame> out) {
    out.close("protocol_error");
  }

  @Override
  public void onShutdown(Effects<AmqpFrame> out) {
    out.close("shutdown");
  }

  @Override
  public void onClosed(Effects<AmqpFrame> out) {}
}
