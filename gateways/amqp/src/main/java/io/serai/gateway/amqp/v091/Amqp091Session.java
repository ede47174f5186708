package io.serai.gateway.amqp.v091;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Request;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Session;
import io.serai.gateway.amqp.v091.Amqp091Frame.ContentPending;
import io.serai.gateway.amqp.v091.Amqp091Frame.Heartbeat;
import io.serai.gateway.amqp.v091.Amqp091Frame.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One AMQP 0-9-1 connection: its handshake, its channels, and what closes them. Soft errors close a
 * channel, hard ones the connection (§1.2). Confined to the connection's event loop.
 */
public final class Amqp091Session implements Session<Amqp091Frame> {
  private static final int FIRST_CHANNELS = 4;

  /** Ends a reply text that was cut. */
  private static final String CUT = "...";

  private final Handshake handshake;
  private final FrameLimits limits;

  /** Set once the handshake is done. */
  private @Nullable ConnectionScope connection;

  /** By number; as long as the highest number opened asks for. */
  private @Nullable Channel[] channels = new Channel[FIRST_CHANNELS];

  /** Channels opened so far, also those closed since. */
  private int channelsOpened;

  /** We have said connection.close, or answered it: nothing more is sent. */
  private boolean isClosed;

  /** Why publishing is held back, while it is. */
  private @Nullable String blockedBecause;

  /** The client knows that publishing is held back. One that does not publish is never told. */
  private boolean isToldBlocked;

  public Amqp091Session(ConnectionInfo info, Amqp091Options options, FrameLimits limits) {
    this.handshake = new Handshake(info, options, limits);
    this.limits = limits;
  }

  @Override
  public void onOpen(Effects<Amqp091Frame> out) {
    handshake.start(out);
  }

  // ---- frames

  @Override
  public void onFrame(Amqp091Frame frame, Effects<Amqp091Frame> out) {
    if (isClosed) {
      return;
    }
    try {
      switch (frame) {
        case BasicContent.Publish publish -> {
          Channel channel = channel(publish.channel());
          if (blockedBecause != null && !isToldBlocked) {
            tellBlocked(blockedBecause, out);
          }
          if (!channel.isClosing()) {
            channel.publish(publish, out);
          }
        }
        case ConnectionMethod method -> onMethod(method, out);
        case ChannelMethod method -> onMethod(method, out);
        case Method method -> {
          Channel channel = channel(method.channel());
          if (!channel.isClosing()) {
            channel.onMethod(method, out);
          }
        }
        case BasicContent.TooLarge large -> {
          if (!channel(large.channel()).isClosing()) {
            throw ReplyCode.PRECONDITION_FAILED.because(
                "message size "
                    + Long.toUnsignedString(large.bodyBytes())
                    + " is larger than configured max size "
                    + large.maxBytes());
          }
        }
        case Heartbeat _, ContentPending _ -> {}
        case BasicContent.Deliver _, BasicContent.Return _, BasicContent.GetOk _ ->
            throw new IllegalArgumentException("the codec never reads " + frame);
      }
    } catch (ProtocolException e) {
      fail(e, frame.channel(), methodId(frame), out);
    }
  }

  private static int methodId(Amqp091Frame frame) {
    return switch (frame) {
      case Method method -> method.id();
      case BasicContent.Publish _, BasicContent.TooLarge _ -> BasicContent.PUBLISH;
      default -> 0;
    };
  }

  // ---- connection

  private void onMethod(ConnectionMethod method, Effects<Amqp091Frame> out) {
    if (method.channel() != 0) {
      throw Channel.notForServers();
    }
    switch (method) {
      case ConnectionMethod.Close _ -> close(out);
      case ConnectionMethod.UpdateSecret update when connection != null ->
          updateSecret(update, connection, out);
      default -> {
        if (connection != null) {
          throw ReplyCode.CHANNEL_ERROR.because(
              "unexpected method in connection state running", "AMQP 0-9-1 §2.2.4");
        }
        connection = handshake.onMethod(method, out);
      }
    }
  }

  /**
   * The client closes it. It may rely on what it left to be back in the queues when it is answered,
   * and on its exclusive queues to be gone, as with RabbitMQ.
   */
  private void close(Effects<Amqp091Frame> out) {
    silence();
    ConnectionScope scope = connection;
    if (scope == null) {
      closeOk(out);
    } else {
      out.ask(new Request.EndSession(scope.caller()), (_, then) -> closeOk(then));
    }
  }

  private static void closeOk(Effects<Amqp091Frame> out) {
    out.send(new ConnectionMethod.CloseOk(0));
    out.close("client_request");
  }

  /** Checks the new password of a client that rotates its credentials; nothing else changes. */
  private void updateSecret(
      ConnectionMethod.UpdateSecret update, ConnectionScope connection, Effects<Amqp091Frame> out) {
    out.authenticate(
        Sasl.password(connection.caller().principal().user(), update.newSecret()),
        (result, then) -> {
          switch (result) {
            case AuthResult.Granted _ -> then.send(new ConnectionMethod.UpdateSecretOk(0));
            case AuthResult.Denied _, AuthResult.Challenge _ ->
                fail(
                    ReplyCode.NOT_ALLOWED.because("New secret was refused by one of the backends"),
                    0,
                    update.id(),
                    then);
          }
        });
  }

  /**
   * Ends the channel for a soft error, else the connection.
   *
   * @param methodId the method that was at fault, 0 when none was
   */
  private void fail(
      ProtocolException error, int channelNumber, int methodId, Effects<Amqp091Frame> out) {
    ReplyCode code = ReplyCode.of(error.code());
    Channel channel = channelNumber < channels.length ? channels[channelNumber] : null;
    if (code.isHard() || channel == null) {
      close(code, message(error), methodId, out);
    } else if (!channel.isClosing()) {
      channel.abort(out);
      out.send(
          new ChannelMethod.Close(
              channelNumber, code.number(), message(error), methodId >>> 16, methodId & 0xFFFF));
    }
  }

  /** The reply text; one that is too long for a short string ends with dots. */
  private static String message(ProtocolException error) {
    String message = error.getMessage();
    if (message == null) {
      return "";
    }
    String shortened = Wire.shortened(message, Wire.SHORT_STRING_BYTES);
    return shortened.equals(message)
        ? message
        : Wire.shortened(message, Wire.SHORT_STRING_BYTES - CUT.length()) + CUT;
  }

  private void close(ReplyCode code, String text, int methodId, Effects<Amqp091Frame> out) {
    if (!isClosed) {
      silence();
      out.send(
          new ConnectionMethod.Close(0, code.number(), text, methodId >>> 16, methodId & 0xFFFF));
      out.close(code.name().toLowerCase(Locale.ROOT));
    }
  }

  /** Answers that are still awaited change nothing and send nothing any more. */
  private void silence() {
    isClosed = true;
    for (Channel channel : channels) {
      if (channel != null) {
        channel.silence();
      }
    }
  }

  // ---- channels

  private void onMethod(ChannelMethod method, Effects<Amqp091Frame> out) {
    switch (method) {
      case ChannelMethod.Open open when open.channel() > 0 -> open(open, out);
      case ChannelMethod.Close close -> close(close, out);
      case ChannelMethod.CloseOk(int number) -> {
        Channel channel = channel(number);
        if (!channel.isClosing()) {
          throw Channel.notForServers();
        }
        channels[number] = null;
      }
      case ChannelMethod _ -> {
        Channel channel = channel(method.channel());
        if (!channel.isClosing()) {
          channel.onMethod(method, out);
        }
      }
    }
  }

  private void open(ChannelMethod.Open open, Effects<Amqp091Frame> out) {
    int number = open.channel();
    ConnectionScope scope = connection;
    if (scope == null) {
      throw ReplyCode.UNEXPECTED_FRAME.because(
          "channel.open before connection.open-ok", "AMQP 0-9-1 §2.2.4");
    }
    if (number > scope.channelMax()) {
      throw ReplyCode.NOT_ALLOWED.because(
          "channel number "
              + number
              + " is higher than the negotiated channel_max ("
              + scope.channelMax()
              + ")",
          "AMQP 0-9-1 §1.4.2.6");
    }
    if (number >= channels.length) {
      channels =
          Arrays.copyOf(channels, Math.max(number + 1, Math.min(2 * number, scope.channelMax())));
    }
    Channel known = channels[number];
    if (known != null) {
      if (known.isClosing()) {
        return;
      }
      throw ReplyCode.CHANNEL_ERROR.because("second 'channel.open' seen", "AMQP 0-9-1 §1.5.2.1");
    }
    channels[number] = new Channel(number, ++channelsOpened, scope, this::fail);
    out.send(new ChannelMethod.OpenOk(number, new byte[0]));
  }

  private void close(ChannelMethod.Close close, Effects<Amqp091Frame> out) {
    Channel channel = channel(close.channel());
    if (channel.isClosing()) {
      out.send(new ChannelMethod.CloseOk(close.channel())); // both closed it; ours is answered too
      return;
    }
    channel.close(
        out,
        (closed, then) -> {
          if (!isClosed) {
            channels[closed.number()] = null;
            then.send(new ChannelMethod.CloseOk(closed.number()));
          }
        });
  }

  /**
   * The channel with that number.
   *
   * @throws ProtocolException CHANNEL_ERROR when it is not open
   */
  private Channel channel(int number) {
    if (number == 0) {
      throw ReplyCode.CHANNEL_ERROR.because(
          "unexpected method in connection state " + (connection == null ? "opening" : "running"),
          "AMQP 0-9-1 §2.2.5");
    }
    Channel channel = number < channels.length ? channels[number] : null;
    if (channel == null) {
      throw ReplyCode.CHANNEL_ERROR.because("expected 'channel.open'", "AMQP 0-9-1 §2.2.5");
    }
    return channel;
  }

  // ---- events

  @Override
  public void onDeliveries(List<Delivery> deliveries, Effects<Amqp091Frame> out) {
    ConnectionScope scope = connection;
    if (scope == null || isClosed) {
      return; // they return to their queues when the session ends
    }
    int count = deliveries.size();
    for (int from = 0; from < count; ) {
      int id = deliveries.get(from).consumer().id();
      int to = from + 1;
      while (to < count && deliveries.get(to).consumer().id() == id) {
        to++;
      }
      ChannelConsumer consumer = scope.consumer(id);
      if (consumer == null) {
        giveBack(deliveries, from, to, out);
      } else {
        consumer.channel().deliver(consumer, deliveries, from, to, out);
      }
      from = to;
    }
  }

  /** Returns what was on its way to a consumer whose channel has closed. */
  private static void giveBack(
      List<Delivery> deliveries, int from, int to, Effects<Amqp091Frame> out) {
    for (int i = from; i < to; i++) {
      if (deliveries.get(i).unsettledIndex() >= 0) {
        out.settle(deliveries.get(i), Outcome.RETURNED);
      }
    }
  }

  @Override
  public void onConfirm(long token, boolean accepted, Effects<Amqp091Frame> out) {
    Channel channel = channels[Channel.channelOf(token)];
    if (channel != null && !channel.isClosing()) {
      channel.onConfirm(token, accepted);
    }
  }

  @Override
  public void onCommitted(long token, boolean isDone, Effects<Amqp091Frame> out) {
    Channel channel = channels[Channel.channelOf(token)];
    if (channel != null && !channel.isClosing()) {
      channel.onCommitted(token, isDone, out);
    }
  }

  @Override
  public void onRepeat(long token, Effects<Amqp091Frame> out) {
    Channel channel = channels[Channel.channelOf(token)];
    if (channel != null && !channel.isClosing()) {
      channel.onRepeat(token, out);
    }
  }

  @Override
  public void onBatchEnd(Effects<Amqp091Frame> out) {
    ConnectionScope scope = connection;
    if (scope != null && !isClosed) {
      scope.endBatch(out);
    }
  }

  @Override
  public void onReady(ConsumerRef ref, Effects<Amqp091Frame> out) {
    ChannelConsumer consumer = consumer(ref);
    if (consumer != null) {
      consumer.channel().onReady(consumer, ref, out);
    }
  }

  @Override
  public void onDrained(ConsumerRef ref, int unused, Effects<Amqp091Frame> out) {
    ChannelConsumer consumer = consumer(ref);
    if (consumer != null) {
      consumer.channel().onDrained(consumer, unused, out);
    }
  }

  @Override
  public void onConsumerCancelled(ConsumerRef ref, Effects<Amqp091Frame> out) {
    ChannelConsumer consumer = consumer(ref);
    if (consumer != null) {
      consumer.channel().onCancelled(consumer, out);
    }
  }

  @Override
  public void onAckTimedOut(ConsumerRef ref, long timeoutMillis, Effects<Amqp091Frame> out) {
    ChannelConsumer consumer = consumer(ref);
    if (consumer != null) {
      consumer.channel().onAckTimedOut(timeoutMillis, out);
    }
  }

  private @Nullable ChannelConsumer consumer(ConsumerRef ref) {
    ConnectionScope scope = connection;
    return scope == null || isClosed ? null : scope.consumer(ref.id());
  }

  @Override
  public void onPublishersBlocked(String reason, Effects<Amqp091Frame> out) {
    blockedBecause = reason;
  }

  /**
   * At the first publish, as RabbitMQ does: a client may close a connection that stays blocked, and
   * one that only consumes has to go on.
   */
  private void tellBlocked(String reason, Effects<Amqp091Frame> out) {
    isToldBlocked = true;
    if (wantsBlocked()) {
      out.send(new ConnectionMethod.Blocked(0, reason));
    }
  }

  @Override
  public void onPublishersUnblocked(Effects<Amqp091Frame> out) {
    boolean wasTold = isToldBlocked;
    blockedBecause = null;
    isToldBlocked = false;
    if (wasTold && wantsBlocked()) {
      out.send(new ConnectionMethod.Unblocked(0));
    }
  }

  private boolean wantsBlocked() {
    ConnectionScope scope = connection;
    return scope != null && !isClosed && scope.client().wantsBlocked();
  }

  @Override
  public void onWritable(Effects<Amqp091Frame> out) {
    ConnectionScope scope = connection;
    if (scope == null || isClosed) {
      return;
    }
    scope.endBatch(out);
    for (Channel channel : channels) {
      if (channel != null && !channel.isClosing()) {
        channel.onWritable(out);
      }
    }
  }

  // ---- time and ends

  @Override
  public void onReadTimeout(Effects<Amqp091Frame> out) {
    isClosed = true;
    out.close("heartbeat_timeout");
  }

  @Override
  public void onWriteIdle(Effects<Amqp091Frame> out) {
    if (!isClosed) {
      out.send(Heartbeat.HEARTBEAT);
    }
  }

  @Override
  public void onProtocolError(ProtocolException error, Effects<Amqp091Frame> out) {
    close(ReplyCode.of(error.code()), message(error), limits.readingMethodId(), out);
  }

  @Override
  public void onInternalError(Effects<Amqp091Frame> out) {
    close(ReplyCode.INTERNAL_ERROR, "INTERNAL_ERROR", 0, out);
  }

  @Override
  public void onShutdown(Effects<Amqp091Frame> out) {
    force("broker forced connection closure with reason 'shutdown'", out);
  }

  @Override
  public void onEvicted(String reason, Effects<Amqp091Frame> out) {
    force(reason, out);
  }

  private void force(String reason, Effects<Amqp091Frame> out) {
    close(ReplyCode.CONNECTION_FORCED, "CONNECTION_FORCED - " + reason, 0, out);
  }

  @Override
  public void onClosed(Effects<Amqp091Frame> out) {
    isClosed = true;
  }
}
