package io.serai.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionNotes;
import io.serai.bus.SessionRecord;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Settings;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.harness.SessionHarness;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Connect;
import io.serai.gateway.mqtt.MqttFrame.PubAck;
import io.serai.gateway.mqtt.MqttFrame.PubComp;
import io.serai.gateway.mqtt.MqttFrame.PubRec;
import io.serai.gateway.mqtt.MqttFrame.PubRel;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.SubAck;
import io.serai.gateway.mqtt.MqttFrame.Subscribe;
import io.serai.gateway.mqtt.MqttFrame.Wanted;
import io.serai.gateway.mqtt.MqttFrame.Will;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client of the session under test: a {@link SessionHarness} whose broker says yes to everything,
 * unless the test says otherwise, and remembers what it was asked.
 */
final class Client {
  static final Origin PUBLISHER = new Origin("mqtt-5.0", "/", "guest", "publisher");

  /** Made by {@link #start}, when the settings are complete. */
  SessionHarness<MqttFrame> harness;

  final MqttVersion version;
  final List<Request<?>> asked = new ArrayList<>();
  private final Map<String, Object> settings = new HashMap<>();
  private MqttProperties.Builder properties = MqttProperties.builder();
  private String clientId = "sensor-7";
  private boolean cleanStart = true;
  private int keepAlive = 60;
  private @Nullable Will will;
  private @Nullable SessionRecord kept;
  private @Nullable SessionNotes notes;
  private Function<Request<?>, @Nullable Result<?>> answers = _ -> null;
  private @Nullable Class<?> held;
  private MqttSession session;
  private @Nullable ConsumerRef consumer;
  private long nextSequence;
  private long nextUnsettled;

  private Client(MqttVersion version) {
    this.version = version;
  }

  /** Opens the connection. */
  Client start() {
    return start(info(true), Vector.broker(version));
  }

  Client start(ConnectionInfo info, MqttCodec codec) {
    MqttOptions options = MqttOptions.of(new Settings(settings));
    session = new MqttSession(info, options, codec, () -> "auto-1");
    harness = new SessionHarness<>(session);
    harness.answerWith(request -> isHeld(request) ? null : answerOf(request));
    harness.open();
    return this;
  }

  static ConnectionInfo info(boolean anonymousAllowed) {
    return new ConnectionInfo(
        new io.serai.bus.SessionRef(0, 1),
        "mqtt",
        "tcp",
        "127.0.0.1:50000",
        true,
        "/",
        anonymousAllowed,
        null);
  }

  static Client v5() {
    return new Client(MqttVersion.V5);
  }

  static Client v311() {
    return new Client(MqttVersion.V3_1_1);
  }

  // ---- before CONNECT

  Client setting(String key, Object value) {
    settings.put(key, value);
    return this;
  }

  Client property(PropertyId id, long value) {
    properties.number(id, value);
    return this;
  }

  Client clientId(String id) {
    clientId = id;
    return this;
  }

  Client keepingSession() {
    cleanStart = false;
    if (version == MqttVersion.V5) {
      properties.number(PropertyId.SESSION_EXPIRY_INTERVAL, 3600);
    }
    return this;
  }

  Client cleanStart(boolean clean) {
    cleanStart = clean;
    return this;
  }

  Client keepAlive(int seconds) {
    keepAlive = seconds;
    return this;
  }

  Client will(Will message) {
    will = message;
    return this;
  }

  /** The broker has kept this of an earlier connection. */
  Client resuming(@Nullable SessionRecord record) {
    kept = record;
    return this;
  }

  /** The broker was started anew, and this had been noted beside what it kept. */
  Client noted(SessionNotes beside) {
    notes = beside;
    return this;
  }

  /** The broker answers no such request until the test does. */
  Client holding(Class<?> type) {
    held = type;
    return this;
  }

  /** Answers of the broker that differ from yes; null leaves it at yes. */
  Client answering(Function<Request<?>, @Nullable Result<?>> different) {
    answers = different;
    return this;
  }

  // ---- connecting

  Connect connect() {
    return new Connect(
        version, clientId, cleanStart, keepAlive, will, null, null, properties.build());
  }

  /** Sends CONNECT and is let in as {@code user}. */
  void arrive(String user) {
    start();
    harness.receives(connect());
    harness.authenticated(new AuthResult.Granted(new Unrestricted(user)));
  }

  /** Sends CONNECT, is let in and answers CONNACK. */
  ConnAck welcome() {
    arrive("guest");
    List<MqttFrame> sent = harness.sent();
    assertThat(sent).isNotEmpty();
    assertThat(sent.getFirst()).isInstanceOf(ConnAck.class);
    ConnAck ack = (ConnAck) sent.getFirst();
    resumed = sent.subList(1, sent.size());
    return ack;
  }

  /** What was sent together with CONNACK. */
  List<MqttFrame> resumed = List.of();

  Client connected() {
    assertThat(welcome().reason()).isZero();
    return this;
  }

  private boolean isHeld(Request<?> request) {
    return held != null && held.isInstance(request);
  }

  /** Answers what was held back, and holds nothing back any more. */
  void letGo() {
    Request<?> request = harness.asked(Request.class);
    held = null;
    harness.answer(answerOf(request));
  }

  /** What this broker answers. */
  @Nullable Result<?> answerOf(Request<?> request) {
    asked.add(request);
    Result<?> different = answers.apply(request);
    if (different != null) {
      return different;
    }
    return switch (request) {
      case Request.ClaimSession _ -> Result.ok(new Request.SessionClaim(7, kept, notes));
      case Request.DeclareQueue(_, var spec) ->
          Result.ok(new Request.QueueInfo(queue(spec.name()), 0, 0));
      case Request.CheckQueue(_, var name) -> Result.ok(new Request.QueueInfo(queue(name), 0, 0));
      case Request.Consume(var caller, var name, int id, ConsumerOptions options) -> {
        ConsumerRef attached = new ConsumerRef(caller.session(), id, queue(name), options);
        consumer = attached;
        yield Result.ok(attached);
      }
      case Request.OpenSubscription open -> inSteps(open);
      case Request.Unbind(_, var bindings) -> Result.ok(bindings.stream().map(_ -> true).toList());
      default -> Result.ok(Request.Done.DONE);
    };
  }

  /** Tests see what it stands for: a queue is declared, read and subscribed, unless refused. */
  private @Nullable Result<?> inSteps(Request.OpenSubscription open) {
    asked.removeLast();
    String name = open.spec().name();
    Result<?> declared = answerOf(new Request.DeclareQueue(open.caller(), open.spec()));
    if (declared instanceof Result.Refused<?>) {
      return declared;
    }
    Result<?> attached =
        answerOf(new Request.Consume(open.caller(), name, open.consumerId(), open.options()));
    if (attached instanceof Result.Refused<?>) {
      return attached;
    }
    Result<?> bound =
        answerOf(new Request.Subscribe(open.caller(), queue(name), open.bindings(), open.wanted()));
    return bound instanceof Result.Refused<?> ? bound : attached;
  }

  private static QueueRef queue(String name) {
    return new QueueRef("/", name, 0, 0, name.hashCode());
  }

  // ---- subscribing and getting

  SubAck subscribe(String filter, int qos) {
    return subscribe(new Wanted(filter, qos, false, false, 0));
  }

  SubAck subscribe(Wanted... wanted) {
    harness.receives(new Subscribe(1, List.of(wanted), MqttProperties.NONE));
    return harness.sentOne(SubAck.class);
  }

  ConsumerRef consumer() {
    return consumer;
  }

  /** The match data of the binding last made. */
  SubscriptionMatch lastMatch() {
    for (int i = asked.size() - 1; i >= 0; i--) {
      if (asked.get(i) instanceof Request.Subscribe(_, _, List<BindingSpec> bindings, _)) {
        return (SubscriptionMatch) bindings.getLast().match();
      }
    }
    throw new AssertionError("nothing was bound");
  }

  /** A delivery of the consumer, first attempt. */
  Delivery delivery(Message message, SubscriptionMatch match) {
    return delivery(message, match, nextSequence++, 0);
  }

  Delivery delivery(Message message, SubscriptionMatch match, long sequence, int count) {
    boolean noAck = consumer.options().noAck();
    return new Delivery(consumer, sequence, noAck ? -1 : nextUnsettled++, message, count, match);
  }

  /** Delivers messages through a subscription of {@code qos}. */
  List<Delivery> deliver(int qos, Message... messages) {
    SubscriptionMatch match = new SubscriptionMatch(clientId, qos, false, false, false, List.of());
    List<Delivery> deliveries = new ArrayList<>();
    for (Message message : messages) {
      deliveries.add(delivery(message, match));
    }
    harness.deliver(deliveries.toArray(Delivery[]::new));
    return deliveries;
  }

  /** The PUBLISH packets sent since the last call, and nothing else. */
  List<Publish> published() {
    return harness.sent().stream().map(Publish.class::cast).toList();
  }

  // ---- events

  MqttSession session() {
    return session;
  }

  void readTimeout() {
    harness.event(session::onReadTimeout);
  }

  void shutdown() {
    harness.event(session::onShutdown);
  }

  void takenOver() {
    takenOver(7);
  }

  void takenOver(long epoch) {
    harness.event(out -> session.onTakenOver(clientId, epoch, out));
  }

  void consumerCancelled() {
    harness.event(out -> session.onConsumerCancelled(consumer, out));
  }

  // ---- shorthand

  static Address topic(String name) {
    return Address.ofTopic(Topic.of(name, Spelling.SLASH));
  }

  static Message message(String topic, int qos, String body) {
    return message(topic, MqttEncoding.plain(qos, false), body);
  }

  static Message message(String topic, Encoding encoding, String body) {
    return new Message(topic(topic), encoding, Body.ofUtf8(body), PUBLISHER, 1_700_000_000_000L);
  }

  static Encoding neutral(Properties properties) {
    return new Encoding.Neutral(properties, io.serai.model.Headers.NONE);
  }

  static Publish publish(String topic, int qos, int packetId) {
    return publish(topic, qos, packetId, false);
  }

  static Publish publish(String topic, int qos, int packetId, boolean isRetain) {
    return new Publish(
        topic(topic),
        MqttEncoding.plain(qos, isRetain),
        Body.ofUtf8("body"),
        qos,
        false,
        isRetain,
        packetId,
        0,
        List.of(),
        -1);
  }

  static PubAck pubAck(int id, int reason) {
    return new PubAck(id, reason, MqttProperties.NONE);
  }

  static PubRec pubRec(int id, int reason) {
    return new PubRec(id, reason, MqttProperties.NONE);
  }

  static PubRel pubRel(int id) {
    return new PubRel(id, 0, MqttProperties.NONE);
  }

  static PubComp pubComp(int id, int reason) {
    return new PubComp(id, reason, MqttProperties.NONE);
  }

  /** What the session released, once the connection is over. */
  Request.ReleaseSession released() {
    return harness.recorded(Recorded.Told.class).stream()
        .map(Recorded.Told::request)
        .filter(Request.ReleaseSession.class::isInstance)
        .map(Request.ReleaseSession.class::cast)
        .reduce((_, second) -> second)
        .orElseThrow(() -> new AssertionError("nothing was released"));
  }
}
