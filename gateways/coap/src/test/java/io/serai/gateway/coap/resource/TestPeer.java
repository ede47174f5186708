package io.serai.gateway.coap.resource;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
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
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.Session;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapPath;
import io.serai.gateway.coap.CoapRequest;
import io.serai.gateway.coap.CoapToken;
import io.serai.gateway.coap.CoapType;
import io.serai.gateway.coap.Observer;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.harness.SessionHarness;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One CoAP peer: the resources under test, and a broker that keeps retained values, knows a few
 * queues and says yes, unless the test says otherwise.
 */
final class TestPeer {
  final SessionHarness<CoapFrame> session;
  final Set<String> queues = new HashSet<>();
  final Map<String, Deque<Message>> ready = new HashMap<>();
  private final Resources resources;
  private final Map<Topic, Message> retained = new LinkedHashMap<>();
  private final List<BindingSpec> bindings = new ArrayList<>();
  private final Map<String, ConsumerRef> consumers = new LinkedHashMap<>();
  private final List<Request<?>> asked = new ArrayList<>();
  private final Deque<FakeReply> replies = new ArrayDeque<>();
  private Function<Request<?>, @Nullable Result<?>> answers = _ -> null;
  private boolean confirmsAtOnce = true;
  private @Nullable Class<? extends Request<?>> held;
  private long sequence;

  /** How often what is taken was delivered before. */
  int deliveryCount;

  /** A peer that is let in as guest. */
  TestPeer() {
    this(info(true, null), new NodeResources(names()), 1);
  }

  TestPeer(ConnectionInfo info, NodeResources node, long sessionId) {
    resources = new Resources(info, node);
    session = new SessionHarness<>(new Seam()).as(new SessionRef(0, sessionId));
    session.answerWith(request -> {
      if (request.getClass() == held) {
        return null;
      }
      asked.add(request);
      Result<?> different = answers.apply(request);
      return different != null ? different : answer(request);
    });
    session.routeWith(message ->
        !message.address().exchange().isEmpty() || queues.contains(message.topic().toString())
            ? PublishResult.ROUTED
            : PublishResult.UNROUTABLE);
  }

  static Supplier<String> names() {
    int[] last = {0};
    return () -> "name%04d".formatted(++last[0]);
  }

  static ConnectionInfo info(boolean anonymousAllowed, @Nullable String identity) {
    return new ConnectionInfo(
        new SessionRef(0, 1),
        "coap",
        "udp",
        "127.0.0.1:50000",
        true,
        "/",
        anonymousAllowed,
        identity);
  }

  /** Hands requests to the resources as the message layer does. */
  private final class Seam implements Session<CoapFrame> {
    @Override
    public void onFrame(CoapFrame frame, Effects<CoapFrame> out) {
      if (frame instanceof CoapFrame.CoapMessage message) {
        boolean isObserve =
            message.options().stream()
                .anyMatch(it -> it.number() == CoapOption.OBSERVE && it.unsigned() == 0);
        resources.onRequest(
            new CoapRequest(
                message.code(),
                message.options().stream().filter(it -> it.number() != CoapOption.OBSERVE).toList(),
                message.payload(),
                message.type() == CoapType.CON,
                isObserve,
                message.token()),
            replies.remove(),
            out);
      }
    }

    @Override
    public void onDeliveries(List<Delivery> deliveries, Effects<CoapFrame> out) {
      resources.onDeliveries(deliveries, out);
    }

    @Override
    public void onConfirm(long token, boolean accepted, Effects<CoapFrame> out) {
      resources.onConfirm(token, accepted, out);
    }

    @Override
    public void onCommitted(long token, boolean isDone, Effects<CoapFrame> out) {
      resources.onConfirm(token, isDone, out);
    }

    @Override
    public void onConsumerCancelled(ConsumerRef consumer, Effects<CoapFrame> out) {
      resources.onConsumerCancelled(consumer, out);
    }

    @Override
    public void onReadTimeout(Effects<CoapFrame> out) {}

    @Override
    public void onProtocolError(ProtocolException error, Effects<CoapFrame> out) {
      throw new AssertionError(error);
    }

    @Override
    public void onShutdown(Effects<CoapFrame> out) {}

    @Override
    public void onClosed(Effects<CoapFrame> out) {
      resources.onClosed(out);
    }
  }

  // ---- what the client does

  /** A confirmable request. */
  FakeReply con(CoapCode method, String uri, String body, CoapOption... more) {
    return says(CoapType.CON, method, uri, Body.ofUtf8(body), more);
  }

  /** A request that need not be confirmed. */
  FakeReply non(CoapCode method, String uri, String body, CoapOption... more) {
    return says(CoapType.NON, method, uri, Body.ofUtf8(body), more);
  }

  FakeReply get(String uri, CoapOption... more) {
    return con(CoapCode.GET, uri, "", more);
  }

  FakeReply put(String uri, String body, CoapOption... more) {
    return con(CoapCode.PUT, uri, body, more);
  }

  FakeReply post(String uri, String body, CoapOption... more) {
    return con(CoapCode.POST, uri, body, more);
  }

  FakeReply delete(String uri, CoapOption... more) {
    return con(CoapCode.DELETE, uri, "", more);
  }

  FakeReply observe(String uri) {
    return get(uri, CoapOption.of(CoapOption.OBSERVE, 0));
  }

  FakeReply says(CoapType type, CoapCode method, String uri, Body body, CoapOption... more) {
    int question = uri.indexOf('?');
    String path = question < 0 ? uri : uri.substring(0, question);
    List<CoapOption> options = new ArrayList<>(List.of(more));
    List<String> segments = CoapPath.read(path);
    if (segments == null) {
      throw new IllegalArgumentException(uri);
    }
    segments.forEach(segment -> options.add(CoapOption.of(CoapOption.URI_PATH, segment)));
    if (question >= 0) {
      for (String part : uri.substring(question + 1).split("&")) {
        options.add(CoapOption.of(CoapOption.URI_QUERY, part));
      }
    }
    FakeReply reply = new FakeReply();
    replies.add(reply);
    session.receives(new CoapFrame.CoapMessage(type, 1, method, CoapToken.EMPTY, options, body));
    settleDown();
    return reply;
  }

  /** The client confirms the notification that is underway. */
  void confirmsNotification(FakeReply of) {
    session.event(out -> of.observer().onNotified(0, Observer.Notified.ACKED, out));
  }

  /** The client does not observe any more. */
  void ends(FakeReply observation) {
    observation.deactivate();
    session.event(out -> observation.observer().onEnded(Observer.Ended.DEREGISTERED, out));
  }

  /** The peer is gone: its observers are told, then the resources. */
  void leaves(FakeReply... observations) {
    for (FakeReply observation : observations) {
      observation.deactivate();
      session.event(out -> observation.observer().onEnded(Observer.Ended.CLOSED, out));
    }
    session.disconnect();
  }

  // ---- what the broker does

  /** Credentials are right as far as this test is concerned, and confirms come at once. */
  private void settleDown() {
    while (true) {
      List<Recorded.Authenticating> logins = session.recorded(Recorded.Authenticating.class);
      if (!logins.isEmpty()) {
        credentials.addAll(logins.stream().map(it -> it.credentials().toString()).toList());
        session.authenticated(login);
        continue;
      }
      List<Recorded.Published> now = session.recorded(Recorded.Published.class);
      now.forEach(this::onPublished);
      if (confirmsAtOnce) {
        session.recorded(Recorded.Committed.class).forEach(_ -> session.commit(true));
      }
      if (now.isEmpty()) {
        return;
      }
    }
  }

  final List<String> credentials = new ArrayList<>();
  AuthResult login = new AuthResult.Granted(new Unrestricted("guest"));
  private final List<Recorded.Published> published = new ArrayList<>();

  private void onPublished(Recorded.Published it) {
    if ((it.flags() & Publisher.CHECK) != 0) {
      return;
    }
    published.add(it);
    if ((it.flags() & Publisher.RETAIN) != 0) {
      keep(it.message());
    }
    if (confirmsAtOnce && (it.flags() & Publisher.CONFIRM) != 0) {
      session.confirm(true, it.token());
    }
  }

  private void keep(Message message) {
    if (message.body().length() == 0) {
      retained.remove(message.topic());
    } else {
      retained.put(message.topic(), message);
    }
  }

  /** From now on the test confirms. */
  TestPeer confirmingLater() {
    confirmsAtOnce = false;
    return this;
  }

  /** Answers of the broker that differ; null leaves it at its own. */
  TestPeer answering(Function<Request<?>, @Nullable Result<?>> different) {
    answers = different;
    return this;
  }

  /** Requests of this kind stay without their answer. */
  void holding(Class<? extends Request<?>> kind) {
    held = kind;
  }

  /** What was held is answered. */
  void goingOn() {
    held = null;
    session.event(_ -> {});
    settleDown();
  }

  private Result<?> answer(Request<?> request) {
    return switch (request) {
      case Request.DeclareQueue(_, QueueSpec spec) -> {
        queues.add(spec.name());
        yield Result.ok(new Request.QueueInfo(queue(request.caller().vhost(), spec.name()), 0, 0));
      }
      case Request.Consume(var caller, String name, int id, var options) -> {
        if (!queues.contains(name)) {
          yield Result.refused(Refusal.NOT_FOUND, "no queue '" + name + "' in vhost '/'");
        }
        ConsumerRef ref = new ConsumerRef(caller.session(), id, queue("/", name), options);
        consumers.put(name, ref);
        yield Result.ok(ref);
      }
      case Request.OpenSubscription(
              var caller,
              QueueSpec spec,
              int id,
              var options,
              var more,
              _) -> {
        queues.add(spec.name());
        bindings.addAll(more);
        ConsumerRef ref =
            new ConsumerRef(caller.session(), id, queue(caller.vhost(), spec.name()), options);
        consumers.put(spec.name(), ref);
        yield Result.ok(ref);
      }
      case Request.Bind(_, var more) -> {
        bindings.addAll(more);
        yield Result.ok(Request.Done.DONE);
      }
      case Request.Get(var caller, String name, _) -> {
        if (!queues.contains(name)) {
          yield Result.refused(Refusal.NOT_FOUND, "no queue '" + name + "' in vhost '/'");
        }
        Message first = ready.getOrDefault(name, new ArrayDeque<>()).poll();
        ConsumerRef getter =
            new ConsumerRef(
                caller.session(),
                0,
                queue("/", name),
                new ConsumerOptions("", false, false, 0, CreditMode.GRANTED, 1));
        yield Result.ok(
            new Request.Got(
                first == null
                    ? null
                    : new Delivery(getter, ++sequence, 0, first, deliveryCount, null),
                0));
      }
      case Request.ReadRetained(_, TopicFilter filter, int most, _) ->
          Result.ok(
              retained.values().stream()
                  .filter(message -> filter.matches(message.topic()))
                  .limit(most)
                  .toList());
      case Request.ReplaceRetained(_, Message message, var known) -> {
        boolean isKnown = retained.get(message.topic()) == known;
        if (isKnown) {
          keep(message);
        }
        yield Result.ok(isKnown);
      }
      case Request.DeleteQueue _ -> Result.ok(0);
      default -> Result.ok(Request.Done.DONE);
    };
  }

  private static QueueRef queue(String vhost, String name) {
    return new QueueRef(vhost, name, 0, 0, name.hashCode());
  }

  /** Keeps a value that somebody else has published. */
  void keeps(Message message) {
    retained.put(message.topic(), message);
  }

  /** A message reaches the queues that are bound to {@code amq.topic} for it. */
  void arrives(Message message) {
    Map<String, List<MatchData>> matches = new LinkedHashMap<>();
    for (BindingSpec binding : bindings) {
      if (binding.source().equals(Address.TOPIC_EXCHANGE)
          && TopicFilter.ofMqtt(binding.key()).matches(message.topic())) {
        List<MatchData> of = matches.computeIfAbsent(binding.destination(), _ -> new ArrayList<>());
        MatchData match = binding.match();
        if (match != null) {
          of.add(match);
        }
      }
    }
    matches.forEach((queue, of) ->
        deliver(queue, message, of.isEmpty() ? null : of.getFirst().fold(message, of)));
  }

  /** A message comes to the consumer of a queue. */
  void deliver(String queue, Message message, @Nullable MatchData match) {
    ConsumerRef consumer = consumers.get(queue);
    if (consumer == null) {
      throw new AssertionError("nobody reads " + queue);
    }
    session.deliver(
        new Delivery(
            consumer, ++sequence, consumer.options().noAck() ? -1 : sequence, message, 0, match));
    settleDown();
  }

  /** The queue that was read last. */
  String lastQueue() {
    return List.copyOf(consumers.keySet()).getLast();
  }

  ConsumerRef consumer(String queue) {
    ConsumerRef known = consumers.get(queue);
    if (known == null) {
      throw new AssertionError("nobody reads " + queue);
    }
    return known;
  }

  /** Time goes by, and what is due is done. */
  void elapse(long millis) {
    session.elapse(millis);
    session.event(resources::onDeadline);
    settleDown();
  }

  long nextDeadlineMillis() {
    return resources.nextDeadlineMillis();
  }

  boolean isHolding() {
    return resources.isHolding();
  }

  // ---- what was caused

  /** What was published since the last call. */
  List<Recorded.Published> publications() {
    List<Recorded.Published> now = List.copyOf(published);
    published.clear();
    return now;
  }

  /** What was published since the last call: {@code exchange/key body}, and what was asked for. */
  List<String> published() {
    return publications().stream()
        .map(it ->
            it.message().address().exchange()
                + "/"
                + it.message().topic()
                + " "
                + it.message().body().toUtf8()
                + ((it.flags() & Publisher.RETAIN) != 0 ? " RETAIN" : "")
                + ((it.flags() & Publisher.CONFIRM) != 0 ? " CONFIRM" : ""))
        .toList();
  }

  /** What was settled since the last call: {@code ACCEPTED one}. */
  List<String> settled() {
    return session.recorded(Recorded.Settled.class).stream()
        .map(it -> it.outcome() + " " + it.delivery().message().body().toUtf8())
        .toList();
  }

  /** The requests of one kind since the last call, asked or told. */
  <T extends Request<?>> List<T> asked(Class<T> type) {
    List<Request<?>> all = new ArrayList<>(asked);
    session.recorded(Recorded.Told.class).forEach(told -> all.add(told.request()));
    asked.removeIf(type::isInstance);
    return all.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
