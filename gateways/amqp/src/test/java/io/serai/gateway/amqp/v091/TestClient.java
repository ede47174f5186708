package io.serai.gateway.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.SessionRef;
import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.harness.SessionHarness;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client of one session under test, with what tests of it have in common. */
final class TestClient {
  static final ConnectionInfo INFO =
      new ConnectionInfo(
          new SessionRef(0, 1), "amqp", "tcp", "127.0.0.1:40000", true, "/", false, null);
  static final Amqp091Options OPTIONS =
      new Amqp091Options(128 * 1024, 2047, 60, 1024 * 1024, "0.1.0");
  static final Value.MapOf ALL_CAPABILITIES =
      capabilities("authentication_failure_close", "consumer_cancel_notify", "connection.blocked");

  final SessionHarness<Amqp091Frame> session;
  private final List<Long> sequences = new ArrayList<>();

  private TestClient(ConnectionInfo info, Amqp091Options options) {
    session =
        new SessionHarness<>(
            new Amqp091Session(
                info,
                options,
                new FrameLimits(options.frameMaxBytes(), options.maxMessageBytes())));
  }

  /** A client that has sent its protocol header. */
  static TestClient connecting() {
    return connecting(INFO);
  }

  static TestClient connecting(ConnectionInfo info) {
    TestClient client = new TestClient(info, OPTIONS);
    client.session.open();
    return client;
  }

  /** A client with an open connection to vhost {@code /}, and nothing recorded yet. */
  static TestClient open() {
    return open(ALL_CAPABILITIES);
  }

  static TestClient open(Value.MapOf properties) {
    return open(properties, Set.of());
  }

  static TestClient open(Value.MapOf properties, Set<String> tags) {
    TestClient client = connecting();
    client.logIn(properties, tags);
    client.session.receives(
        new ConnectionMethod.TuneOk(0, 2047, 131072, 60), new ConnectionMethod.Open(0, "/", false));
    assertThat(client.session.sent()).endsWith(new ConnectionMethod.OpenOk(0));
    client.session.recorded();
    return client;
  }

  /** Likewise, with channel 1 open. */
  static TestClient withChannel() {
    return withChannel(ALL_CAPABILITIES);
  }

  static TestClient withChannel(Value.MapOf properties) {
    TestClient client = open(properties);
    client.openChannel(1);
    return client;
  }

  void logIn(Value.MapOf properties, Set<String> tags) {
    session.receives(startOk("PLAIN", "\0guest\0secret", properties));
    session.authenticated(new AuthResult.Granted(new Unrestricted("guest", tags)));
  }

  static ConnectionMethod.StartOk startOk(String mechanism, String response, Value.MapOf table) {
    return new ConnectionMethod.StartOk(
        0, table, mechanism, response.getBytes(StandardCharsets.UTF_8), "en_US");
  }

  void openChannel(int number) {
    session.receives(new ChannelMethod.Open(number));
    assertThat(session.sentOne(ChannelMethod.OpenOk.class).channel()).isEqualTo(number);
  }

  static Value.MapOf table(Object... namesAndValues) {
    List<Value.Entry> entries = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entries.add(
          new Value.Entry(
              new Value.Str((String) namesAndValues[i]), (Value) namesAndValues[i + 1]));
    }
    return new Value.MapOf(entries);
  }

  static Value.MapOf capabilities(String... names) {
    return table(
        "capabilities",
        table(
            Arrays.stream(names)
                .flatMap(name -> List.of(name, new Value.Bool(true)).stream())
                .toArray()));
  }

  // ---- consuming

  /** What a consumer asks for that may have so many deliveries unsettled if it reads a stream. */
  static ConsumerOptions options(
      String tag,
      boolean noAck,
      boolean exclusive,
      int priority,
      CreditMode mode,
      int initialCredit,
      int streamLimit) {
    return new ConsumerOptions(
        tag,
        noAck,
        exclusive,
        priority,
        mode,
        initialCredit,
        ConsumerView.ALL,
        new StreamRead(StreamOffset.NEXT, Set.of(), true, streamLimit));
  }

  static BasicMethod.Consume consume(String queue, String tag) {
    return new BasicMethod.Consume(
        1, queue, tag, false, false, false, false, Request.noArguments());
  }

  static BasicMethod.Consume consumeNoAck(String queue, String tag) {
    return new BasicMethod.Consume(1, queue, tag, false, true, false, false, Request.noArguments());
  }

  /** Starts a consumer and answers as the broker would. */
  ConsumerRef consumer(BasicMethod.Consume consume) {
    session.receives(consume);
    ConsumerRef ref = attach();
    session.sentOne(BasicMethod.ConsumeOk.class);
    session.recorded();
    return ref;
  }

  /** Answers an outstanding Consume. */
  ConsumerRef attach() {
    Request.Consume asked = session.asked(Request.Consume.class);
    ConsumerRef ref =
        new ConsumerRef(session.self(), asked.consumerId(), queue(asked.queue()), asked.options());
    session.answerOk(ref);
    return ref;
  }

  static QueueRef queue(String name) {
    return new QueueRef("/", name, 0, name.hashCode() & 0xFFFF, name.hashCode());
  }

  /** Deliveries for a consumer, with consecutive sequences. */
  Delivery[] deliveries(ConsumerRef to, int count) {
    Delivery[] deliveries = new Delivery[count];
    for (int i = 0; i < count; i++) {
      deliveries[i] = delivery(to, "m" + i, 0);
    }
    return deliveries;
  }

  Delivery delivery(ConsumerRef to, String body, int deliveryCount) {
    sequences.add((long) sequences.size());
    long sequence = sequences.getLast();
    return new Delivery(
        to, sequence, to.options().noAck() ? -1 : sequence, message(body), deliveryCount, null);
  }

  static Message message(String body) {
    return new Message(
        address("amq.direct", "key"),
        Amqp091Encoding.NONE,
        Body.ofUtf8(body),
        new Origin("amqp-0-9-1", "/", "guest", ""),
        0);
  }

  static Address address(String exchange, String key) {
    return new Address(exchange, Topic.of(key, Spelling.DOT));
  }

  static Publish publish(String exchange, String key, String body) {
    return new Publish(
        1, address(exchange, key), false, false, Amqp091Encoding.NONE, Body.ofUtf8(body));
  }

  static Publish mandatory(String exchange, String key, String body) {
    return new Publish(
        1, address(exchange, key), true, false, Amqp091Encoding.NONE, Body.ofUtf8(body));
  }

  // ---- what must have come

  void assertChannelClosed(ReplyCode code, String text, int methodId) {
    assertThat(session.sent())
        .last()
        .isEqualTo(
            new ChannelMethod.Close(
                1, code.number(), code.name() + " - " + text, methodId >>> 16, methodId & 0xFFFF));
    assertThat(session.closeReason()).isNull();
  }

  void assertConnectionClosed(ReplyCode code, String text, int methodId) {
    assertThat(session.sent())
        .last()
        .isEqualTo(
            new ConnectionMethod.Close(
                0, code.number(), code.name() + " - " + text, methodId >>> 16, methodId & 0xFFFF));
    assertThat(session.closeReason()).isNotNull();
  }

  /** Tokens of the messages published since the last look. */
  long[] publishedTokens() {
    return session.recorded(Recorded.Published.class).stream()
        .mapToLong(Recorded.Published::token)
        .toArray();
  }

  @Nullable Object lastAsked() {
    var asked = session.recorded(Recorded.Asked.class);
    return asked.isEmpty() ? null : asked.getLast().request();
  }
}
