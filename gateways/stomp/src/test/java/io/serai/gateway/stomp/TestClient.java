package io.serai.gateway.stomp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Settings;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.harness.SessionHarness;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client that talks in text, NUL written {@code ^@}: codec and session under test, and a broker
 * that knows a few queues and says yes, unless the test says otherwise.
 */
final class TestClient {
  static final String CONNECT_1_2 =
      "CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:guest\n";

  final SessionHarness<StompFrame> session;
  final List<Request<?>> asked = new ArrayList<>();
  final Set<String> queues = new HashSet<>();
  private final StompCodec codec;
  private final List<ConsumerRef> consumers = new ArrayList<>();
  private final Map<Integer, Long> delivered = new HashMap<>();
  private Function<Request<?>, @Nullable Result<?>> answers = _ -> null;
  private int names;

  TestClient() {
    this(info("tcp", true, null), Settings.DEFAULTS);
  }

  TestClient(ConnectionInfo info, Settings settings) {
    StompOptions options = StompOptions.of(settings);
    codec = new StompCodec(options);
    session = new SessionHarness<>(new StompSession(info, options, codec, () -> "name" + ++names));
    session.answerWith(request -> {
      asked.add(request);
      Result<?> different = answers.apply(request);
      return different != null ? different : answer(request);
    });
    session.routeWith(message ->
        !message.address().exchange().isEmpty() || queues.contains(message.topic().toString())
            ? PublishResult.ROUTED
            : PublishResult.UNROUTABLE);
    session.open();
  }

  static ConnectionInfo info(
      String transport, boolean anonymousAllowed, @Nullable String certificateSubject) {
    return new ConnectionInfo(
        new SessionRef(0, 1),
        "stomp",
        transport,
        "127.0.0.1:50000",
        true,
        "/",
        anonymousAllowed,
        certificateSubject);
  }

  /** A client that has been let in; what it was sent until then is forgotten. */
  static TestClient connected(String version) {
    return new TestClient().connect(version, "");
  }

  static TestClient limited(String key, int value) {
    return new TestClient(info("tcp", true, null), new Settings(Map.of(key, value)))
        .connect("1.2", "");
  }

  TestClient connect(String version, String moreHeaders) {
    says(
        "CONNECT\naccept-version:%s\nhost:/\nlogin:guest\npasscode:guest\n%s\n^@"
            .formatted(version, moreHeaders));
    letIn();
    sent();
    session.recorded();
    return this;
  }

  void letIn() {
    session.authenticated(new AuthResult.Granted(new Unrestricted("guest")));
  }

  /** Answers of the broker that differ; null leaves it at its own. */
  TestClient answering(Function<Request<?>, @Nullable Result<?>> different) {
    answers = different;
    return this;
  }

  private @Nullable Result<?> answer(Request<?> request) {
    return switch (request) {
      case Request.DeclareQueue(_, QueueSpec spec) -> {
        String name = spec.name().isEmpty() ? "amq.gen-" + ++names : spec.name();
        queues.add(name);
        yield Result.ok(new Request.QueueInfo(queue(name), 0, 0));
      }
      case Request.Consume(var caller, String name, int id, var options) -> {
        if (!queues.contains(name)) {
          yield Result.refused(Refusal.NOT_FOUND, "no queue '" + name + "' in vhost '/'");
        }
        ConsumerRef ref = new ConsumerRef(caller.session(), id, queue(name), options);
        consumers.add(ref);
        yield Result.ok(ref);
      }
      case Request.DeleteQueue _ -> Result.ok(0);
      default -> Result.ok(Request.Done.DONE);
    };
  }

  private static QueueRef queue(String name) {
    return new QueueRef("/", name, 0, 0, name.hashCode());
  }

  // ---- talking

  /** Sends text, which need not be whole frames. */
  void says(String text) {
    says(Vectors.bytes(text));
  }

  void says(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      while (session.closeReason() == null) {
        StompFrame frame = codec.decode(in);
        if (frame == null) {
          return;
        }
        session.receives(frame);
      }
    } catch (ProtocolException e) {
      session.receivesGarbage(e);
    }
  }

  /**
   * Sends bytes behind those that were left over of an earlier call, and answers what is left over.
   *
   * @param afterEach runs after each frame
   */
  byte[] saysHolding(byte[] held, byte[] next, Runnable afterEach) {
    ByteBuf in = Unpooled.buffer().writeBytes(held).writeBytes(next);
    try {
      while (session.closeReason() == null) {
        StompFrame frame = codec.decode(in);
        if (frame == null) {
          break;
        }
        session.receives(frame);
        afterEach.run();
      }
    } catch (ProtocolException e) {
      session.receivesGarbage(e);
    }
    byte[] left = new byte[in.readableBytes()];
    in.readBytes(left);
    return left;
  }

  /** What was sent since the last call. */
  String sent() {
    ByteBuf out = Unpooled.buffer();
    for (StompFrame frame : session.sent()) {
      codec.encode(frame, out);
    }
    return Vectors.text(out);
  }

  // ---- the broker

  /** The consumer attached last. */
  ConsumerRef consumer() {
    return consumers.getLast();
  }

  /** Delivers one message for each body, from one queue to its consumer. */
  void deliver(ConsumerRef consumer, String... bodies) {
    List<Delivery> deliveries = new ArrayList<>();
    for (String body : bodies) {
      long index = delivered.merge(consumer.id(), 1L, Long::sum) - 1;
      deliveries.add(
          new Delivery(
              consumer,
              index,
              consumer.options().noAck() ? -1 : index,
              message(consumer.queue().name(), body),
              0,
              null));
    }
    session.deliver(deliveries.toArray(Delivery[]::new));
  }

  static Message message(String queue, String body) {
    return new Message(
        Address.ofQueue(queue), StompEncoding.NONE, Body.ofUtf8(body), Origin.ofBroker("/"), 0);
  }

  /** What was settled since the last call: {@code ACCEPTED one}. */
  List<String> settled() {
    return session.recorded(Recorded.Settled.class).stream()
        .map(it -> it.outcome() + " " + it.delivery().message().body().toUtf8())
        .toList();
  }

  /** What was published since the last call: {@code exchange/key body}. */
  List<String> published() {
    return session.recorded(Recorded.Published.class).stream()
        .filter(it -> (it.flags() & Publisher.CHECK) == 0)
        .map(it ->
            it.message().address().exchange()
                + "/"
                + it.message().topic()
                + " "
                + it.message().body().toUtf8())
        .toList();
  }

  /** The requests of one kind since the last call. */
  <T extends Request<?>> List<T> asked(Class<T> type) {
    List<T> found = asked.stream().filter(type::isInstance).map(type::cast).toList();
    asked.removeAll(found);
    return found;
  }
}
