package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.serai.bus.Caller;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Publisher;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.SessionRef;
import io.serai.gateway.AuthResult;
import io.serai.gateway.Codec;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.Effects;
import io.serai.gateway.Gateway;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Session;
import io.serai.gateway.Settings;
import io.serai.gateway.harness.BlankEncoding;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A protocol of text lines that exercises the driver: {@code login}, {@code tune} (a login that
 * does not enter), {@code who}, {@code banned ID VHOST USER}, {@code ask NAME}, {@code consume},
 * {@code credit N}, {@code publish BODY}, {@code later BODY} (asks, then publishes), {@code copies
 * N} (publishes with N more keys), {@code qos0 BODY}, {@code bad}, {@code boom}, {@code starve} (an
 * answer finds no memory), {@code big N}, {@code keepalive MS}, {@code bye}, {@code leave} (goes
 * without an answer), {@code become NAME} (another session that names itself in its greeting and
 * when it closes); any other line comes back. What is published is confirmed, but for qos0.
 */
final class LineGateway implements Gateway {
  private static final QueueRef QUEUE = new QueueRef("/", "q", 0, 0, 1);
  private static final ConsumerOptions OPTIONS =
      new ConsumerOptions("c", false, false, 0, CreditMode.GRANTED, 0);
  private static final Origin ORIGIN = new Origin("line", "/", "everybody", "");

  /** What happened to sessions, in order, for tests to look at. */
  final List<String> log = new CopyOnWriteArrayList<>();

  @Override
  public String name() {
    return "line";
  }

  @Override
  public List<String> webSocketProtocols() {
    return List.of("line");
  }

  @Override
  public Conversation<String> open(ConnectionInfo info, Settings settings) {
    return new Conversation<>(new LineCodec(), new LineSession(info, ""));
  }

  private static final class LineCodec implements Codec<String> {
    @Override
    public @Nullable String decode(ByteBuf in) {
      int length = in.bytesBefore((byte) '\n');
      if (length < 0) {
        if (in.readableBytes() > 1 << 20) {
          throw new ProtocolException(1, "line over 1 MiB", "test");
        }
        return null;
      }
      String line = in.readCharSequence(length, StandardCharsets.UTF_8).toString();
      in.skipBytes(1);
      return line;
    }

    @Override
    public void encode(String frame, ByteBuf out) {
      out.writeCharSequence(frame, StandardCharsets.UTF_8);
      out.writeByte('\n');
    }
  }

  /** Properties that name some keys to route by. */
  private record Copied(int count) implements BlankEncoding {
    @Override
    public List<Topic> moreTopics() {
      return Collections.nCopies(count, Topic.of("k", Spelling.DOT));
    }
  }

  private final class LineSession implements Session<String> {
    private final ConnectionInfo info;
    private final String name;
    private @Nullable Caller caller;
    private long published;
    private @Nullable String will;

    /**
     * @param name empty for the first one of a connection
     */
    LineSession(ConnectionInfo info, String name) {
      this.info = info;
      this.name = name;
    }

    private String named(String line) {
      return name.isEmpty() ? line : line + " " + name;
    }

    @Override
    public void onOpen(Effects<String> out) {
      out.send(named("hello"));
    }

    @Override
    public void onFrame(String frame, Effects<String> out) {
      String[] words = frame.split(" ", 2);
      switch (words[0]) {
        case "login" ->
            out.authenticate(
                new Credentials.Anonymous(),
                (result, then) -> {
                  log.add(Thread.currentThread().getName());
                  if (result instanceof AuthResult.Granted(var principal, _)) {
                    caller = then.enter(principal, ORIGIN);
                    then.welcomed(ORIGIN, 60, true, 0);
                    then.send("welcome " + principal.user());
                  } else if (result instanceof AuthResult.Denied(var kind, _)) {
                    then.send("denied " + kind);
                    then.close("denied");
                  }
                });
        case "tune" ->
            out.authenticate(
                new Credentials.Anonymous(),
                (result, then) -> {
                  if (result instanceof AuthResult.Granted(var principal, _)) {
                    then.send("granted " + principal.user());
                  } else if (result instanceof AuthResult.Denied(var kind, _)) {
                    then.send("denied " + kind);
                  }
                });
        case "who" ->
            out.send(info.remoteAddress() + (info.remoteIsLoopback() ? " loopback" : " remote"));
        case "qos0" -> out.publish(message(words[1]), 0, 0);
        case "will" -> will = words[1];
        case "banned" -> {
          List<String> who = List.of(words[1].split(" "));
          Origin origin = new Origin("line", who.get(1), who.get(2), who.get(0));
          out.send(out.isBanned(origin) ? "banned" : "free");
        }
        case "ask" ->
            out.ask(
                new Request.CheckExchange(Objects.requireNonNull(caller), words[1]),
                (result, then) -> then.send("answer " + words[1]));
        case "consume" ->
            out.ask(
                new Request.Consume(Objects.requireNonNull(caller), QUEUE.name(), 1, OPTIONS),
                (result, then) -> then.send("consuming"));
        case "credit" ->
            out.grant(
                new ConsumerRef(new SessionRef(0, 1), 1, QUEUE, OPTIONS),
                Integer.parseInt(words[1]),
                false);
        case "publish" -> publish(words[1], out);
        case "copies" -> {
          out.publish(
              new Message(
                  Address.ofQueue(QUEUE.name()),
                  new Copied(Integer.parseInt(words[1])),
                  Body.ofUtf8("copies"),
                  ORIGIN,
                  0),
              Publisher.COPIES,
              0);
          out.send("copied");
        }
        case "later" ->
            out.ask(
                new Request.CheckExchange(Objects.requireNonNull(caller), words[1]),
                (result, then) -> publish(words[1], then));
        case "bad" -> throw new ProtocolException(7, "bad line", "test");
        case "starve" ->
            out.ask(
                new Request.CheckExchange(Objects.requireNonNull(caller), ""),
                (_, _) -> {
                  throw new OutOfMemoryError("as Netty throws it");
                });
        case "boom" -> throw new IllegalStateException("seeded failure");
        case "big" -> {
          String chunk = "x".repeat(1023);
          for (int i = 0; i < Integer.parseInt(words[1]); i++) {
            out.send(chunk);
          }
          out.send("end");
        }
        case "keepalive" -> out.keepalive(Long.parseLong(words[1]), 0);
        case "bye" -> {
          out.send("bye");
          out.close("client_request");
        }
        case "leave" -> out.close("client_request");
        case "become" -> out.become(new LineSession(info, words[1]));
        default -> out.send(frame);
      }
    }

    private void publish(String body, Effects<String> out) {
      out.publish(message(body), Publisher.CONFIRM, ++published);
    }

    private static Message message(String body) {
      return new Message(
          Address.ofQueue(QUEUE.name()), Encoding.Neutral.NONE, Body.ofUtf8(body), ORIGIN, 0);
    }

    @Override
    public void onDeliveries(List<Delivery> deliveries, Effects<String> out) {}

    @Override
    public void onConfirm(long token, boolean accepted, Effects<String> out) {
      out.send(named("confirmed " + token));
    }

    @Override
    public void onPublishersBlocked(String reason, Effects<String> out) {
      out.send("blocked: " + reason);
    }

    @Override
    public void onPublishersUnblocked(Effects<String> out) {
      out.send("unblocked");
    }

    @Override
    public void onReadTimeout(Effects<String> out) {
      out.send("silent");
      out.close("keepalive_timeout");
    }

    @Override
    public void onProtocolError(ProtocolException error, Effects<String> out) {
      out.send("error " + error.code() + " " + error.getMessage());
    }

    @Override
    public void onInternalError(Effects<String> out) {
      out.send(named("sorry"));
    }

    @Override
    public void onShutdown(Effects<String> out) {
      out.send("shutdown");
    }

    @Override
    public void onClosed(Effects<String> out) {
      if (will != null) {
        out.publish(message(will), 0, 0);
      }
      log.add(named("closed"));
    }
  }
}
