package io.serai.gateway.amqp;

import io.serai.bus.ConsumerRef;
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
import org.jspecify.annotations.Nullable;

/**
 * Waits for the protocol header, then is the session of the version it names. Confined to the
 * connection's event loop.
 */
public final class AmqpSession implements Session<AmqpFrame> {
  private final ConnectionInfo info;
  private final Settings settings;
  private final AmqpCodec codec;
  private Session<AmqpFrame> chosen = new Unversioned();

  /** Publishing is held back, since before the version was chosen. */
  private @Nullable String blockedBecause;

  AmqpSession(ConnectionInfo info, Settings settings, AmqpCodec codec) {
    this.info = info;
    this.settings = settings;
    this.codec = codec;
  }

  /** The connection before its header has come. */
  private final class Unversioned implements Session<AmqpFrame> {
    @Override
    public void onFrame(AmqpFrame frame, Effects<AmqpFrame> out) {
      if (frame.equals(ProtocolHeader.V_0_9_1)) {
        Amqp091Options options = Amqp091Options.of(settings);
        FrameLimits limits = new FrameLimits(options.frameMaxBytes(), options.maxMessageBytes());
        codec.choose(new Amqp091Codec(limits));
        choose(new Amqp091Session(info, options, limits), out);
      } else {
        out.send(ProtocolHeader.V_0_9_1);
        out.close("unsupported_version");
      }
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

  /**
   * The version's session takes over.
   *
   * @param session of a subtype of {@link AmqpFrame}; its codec reads nothing but that subtype
   */
  @SuppressWarnings("unchecked") // see above; effects that take any frame take the subtype's
  private void choose(Session<? extends AmqpFrame> session, Effects<AmqpFrame> out) {
    chosen = (Session<AmqpFrame>) session;
    chosen.onOpen(out);
    if (blockedBecause != null) {
      chosen.onPublishersBlocked(blockedBecause, out);
    }
  }

  @Override
  public void onFrame(AmqpFrame frame, Effects<AmqpFrame> out) {
    chosen.onFrame(frame, out);
  }

  @Override
  public void onDeliveries(List<Delivery> deliveries, Effects<AmqpFrame> out) {
    chosen.onDeliveries(deliveries, out);
  }

  @Override
  public void onConfirm(long token, boolean accepted, Effects<AmqpFrame> out) {
    chosen.onConfirm(token, accepted, out);
  }

  @Override
  public void onNoted(long token, Effects<AmqpFrame> out) {
    chosen.onNoted(token, out);
  }

  @Override
  public void onCommitted(long token, boolean isDone, Effects<AmqpFrame> out) {
    chosen.onCommitted(token, isDone, out);
  }

  @Override
  public void onRepeat(long token, Effects<AmqpFrame> out) {
    chosen.onRepeat(token, out);
  }

  @Override
  public void onBatchEnd(Effects<AmqpFrame> out) {
    chosen.onBatchEnd(out);
  }

  @Override
  public void onReady(ConsumerRef consumer, Effects<AmqpFrame> out) {
    chosen.onReady(consumer, out);
  }

  @Override
  public void onDrained(ConsumerRef consumer, int unused, Effects<AmqpFrame> out) {
    chosen.onDrained(consumer, unused, out);
  }

  @Override
  public void onConsumerCancelled(ConsumerRef consumer, Effects<AmqpFrame> out) {
    chosen.onConsumerCancelled(consumer, out);
  }

  @Override
  public void onBrowseEnded(ConsumerRef consumer, Effects<AmqpFrame> out) {
    chosen.onBrowseEnded(consumer, out);
  }

  @Override
  public void onAckTimedOut(ConsumerRef consumer, long timeoutMillis, Effects<AmqpFrame> out) {
    chosen.onAckTimedOut(consumer, timeoutMillis, out);
  }

  @Override
  public void onTakenOver(String clientId, long epoch, Effects<AmqpFrame> out) {
    chosen.onTakenOver(clientId, epoch, out);
  }

  @Override
  public void onPublishersBlocked(String reason, Effects<AmqpFrame> out) {
    blockedBecause = reason;
    chosen.onPublishersBlocked(reason, out);
  }

  @Override
  public void onPublishersUnblocked(Effects<AmqpFrame> out) {
    blockedBecause = null;
    chosen.onPublishersUnblocked(out);
  }

  @Override
  public void onWritable(Effects<AmqpFrame> out) {
    chosen.onWritable(out);
  }

  @Override
  public void onReadTimeout(Effects<AmqpFrame> out) {
    chosen.onReadTimeout(out);
  }

  @Override
  public void onWriteIdle(Effects<AmqpFrame> out) {
    chosen.onWriteIdle(out);
  }

  @Override
  public void onProtocolError(ProtocolException error, Effects<AmqpFrame> out) {
    chosen.onProtocolError(error, out);
  }

  @Override
  public void onInternalError(Effects<AmqpFrame> out) {
    chosen.onInternalError(out);
  }

  @Override
  public void onEvicted(String reason, Effects<AmqpFrame> out) {
    chosen.onEvicted(reason, out);
  }

  @Override
  public void onShutdown(Effects<AmqpFrame> out) {
    chosen.onShutdown(out);
  }

  @Override
  public void onClosed(Effects<AmqpFrame> out) {
    chosen.onClosed(out);
  }
}
