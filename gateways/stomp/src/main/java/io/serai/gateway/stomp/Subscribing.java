package io.serai.gateway.stomp;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.Source;
import io.serai.gateway.Effects;
import io.serai.gateway.TextProperties;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.model.Address;
import io.serai.model.Spelling;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SUBSCRIBE and UNSUBSCRIBE: from a destination to the queue that is read. */
final class Subscribing {
  /** What the queues of {@code /topic} and {@code /exchange} are called, as in RabbitMQ. */
  private static final String QUEUE_PREFIX = "stomp-subscription-";

  private static final String DESTINATION = "destination";

  private final StompScope scope;
  private final StompVersion version;
  private final Subscriptions subscriptions;

  Subscribing(StompScope scope, StompVersion version, Subscriptions subscriptions) {
    this.scope = scope;
    this.version = version;
    this.subscriptions = subscriptions;
  }

  // ---- SUBSCRIBE

  void subscribe(FrameHead head, Answer answer, Effects<StompFrame> out) {
    String destination = head.required(DESTINATION);
    String id = head.first("id");
    if (id == null && version.isAtLeast(StompVersion.V1_1)) {
      throw StompErrors.missing("id", head.command().name());
    }
    Destination kind = Destination.required(destination);
    ConsumerView view = view(head, kind);
    AckMode ackMode = AckMode.of(head.first("ack"));
    Subscription subscription =
        subscriptions.create(
            id == null ? destination : id,
            id,
            destination,
            view.isBrowsing() ? AckMode.AUTO : ackMode, // nothing is taken that could be settled
            prefetch(head),
            view,
            StreamHeaders.read(head, ackMode, prefetch(head)));
    int priority = priority(head);
    switch (kind) {
      case Destination.Queue(String name, boolean declares) -> {
        subscription.queue = name;
        Value.MapOf arguments = declares ? QueueHeaders.arguments(head) : Request.noArguments();
        boolean isShaped = declares && (!arguments.entries().isEmpty() || isShaped(head));
        readQueue(subscription, declares, isShaped, head, arguments, priority, answer, out);
      }
      case Destination.Stream(String name) -> {
        subscription.queue = name;
        Value.MapOf arguments = StreamHeaders.arguments(head);
        boolean isShaped = arguments.entries().size() > 1 || isShaped(head);
        readQueue(subscription, true, isShaped, head, arguments, priority, answer, out);
      }
      case Destination.Exchange(Address address) ->
          bind(subscription, address, id, head, priority, answer, out);
      case Destination.TempQueue _ ->
          throw StompErrors.of(
              "Invalid destination",
              StompErrors.quoted(destination)
                  + " cannot be subscribed to: name it in the reply-to of a SEND",
              "");
    }
  }

  private static boolean isShaped(FrameHead head) {
    return head.first("durable") != null
        || head.first("auto-delete") != null
        || head.first("exclusive") != null;
  }

  /**
   * Which messages are seen, and whether they are taken.
   *
   * <p>A selector of a subscription with a queue of its own is the queue's: what it does not let
   * through never comes there.
   *
   * @throws io.serai.gateway.ProtocolException when there is nothing to browse
   */
  private static ConsumerView view(FrameHead head, Destination kind) {
    String selector = head.first("selector");
    boolean isBrowsing = QueueHeaders.flag(head, "browser", false);
    if (!isBrowsing && (selector == null || selector.isBlank())) {
      return ConsumerView.ALL;
    }
    if (!(kind instanceof Destination.Queue || kind instanceof Destination.Stream)) {
      if (isBrowsing) {
        throw StompErrors.of(
            "not_implemented",
            "NOT_IMPLEMENTED - browser is for /queue/... and the like: a subscription of its own"
                + " queue begins empty",
            "");
      }
      return ConsumerView.ALL;
    }
    return new ConsumerView(
        selector == null ? "" : selector,
        ConsumerView.Syntax.JMS,
        isBrowsing ? ConsumerView.Mode.BROWSE : ConsumerView.Mode.TAKE);
  }

  private static int prefetch(FrameHead head) {
    for (String name : List.of("prefetch-count", "activemq.prefetchSize")) {
      String text = head.first(name);
      if (text != null) {
        long count = TextProperties.decimal(text.strip(), Integer.MAX_VALUE);
        if (count < 0) {
          throw QueueHeaders.invalid(new Field(name, text), "a whole number");
        }
        return (int) count;
      }
    }
    return 0;
  }

  private static int priority(FrameHead head) {
    String text = head.first("x-priority");
    try {
      return text == null ? 0 : Integer.parseInt(text.strip());
    } catch (NumberFormatException _) {
      throw QueueHeaders.invalid(new Field("x-priority", text), "a whole number");
    }
  }

  /**
   * Reads a queue that others read too.
   *
   * @param declares whether one that is missing is declared
   * @param isShaped whether the headers say what it is like, so that one that exists must be like
   *     it
   */
  private void readQueue(
      Subscription subscription,
      boolean declares,
      boolean isShaped,
      FrameHead head,
      Value.MapOf arguments,
      int priority,
      Answer answer,
      Effects<StompFrame> out) {
    QueueSpec spec = QueueHeaders.shared(subscription.queue, head, arguments);
    if (isShaped) {
      declareAndConsume(subscription, spec, priority, answer, out);
      return;
    }
    scope.askEither(
        subscriptions.request(subscription, priority),
        answer,
        out,
        (result, then) -> {
          switch (result) {
            case Result.Ok<ConsumerRef>(var ref) -> {
              subscriptions.attached(subscription, ref);
              answer.done(then);
            }
            case Result.Refused<ConsumerRef>(Refusal reason, String text) -> {
              if (reason != Refusal.NOT_FOUND || !declares) {
                throw StompScope.refused(reason, text);
              }
              declareAndConsume(subscription, spec, priority, answer, then);
            }
          }
        });
  }

  private void declareAndConsume(
      Subscription subscription,
      QueueSpec spec,
      int priority,
      Answer answer,
      Effects<StompFrame> out) {
    scope.ask(
        new Request.DeclareQueue(scope.caller(), spec),
        answer,
        out,
        (_, declared) ->
            subscriptions.consume(
                subscription, priority, answer, declared, (_, then) -> answer.done(then)));
  }

  /** A queue of the subscription's own, bound to the exchange. */
  private void bind(
      Subscription subscription,
      Address address,
      @Nullable String id,
      FrameHead head,
      int priority,
      Answer answer,
      Effects<StompFrame> out) {
    QueueSpec spec = ownQueue(subscription, id, head);
    subscription.queue = spec.name();
    scope.ask(
        new Request.DeclareQueue(scope.caller(), spec),
        answer,
        out,
        (_, declared) ->
            scope.askEither(
                new Request.Bind(scope.caller(), List.of(binding(spec.name(), address))),
                answer,
                declared,
                (result, then) -> {
                  if (result instanceof Result.Refused<?>(Refusal reason, String text)) {
                    if (spec.lifetime() == Lifetime.EXCLUSIVE) {
                      then.tell(new Request.DeleteQueue(scope.caller(), spec.name(), false, false));
                    }
                    throw StompScope.refused(reason, text);
                  }
                  subscriptions.consume(
                      subscription, priority, answer, then, (_, ready) -> answer.done(ready));
                }));
  }

  private QueueSpec ownQueue(Subscription subscription, @Nullable String id, FrameHead head) {
    boolean isDurable = isDurable(head);
    if (isDurable && id == null) {
      throw StompErrors.of(
          "Missing id",
          "a durable subscription needs an 'id' header to be found again by",
          "STOMP 1.2 SUBSCRIBE id Header");
    }
    String given = head.first("x-queue-name");
    String name =
        given != null
            ? given
            : isDurable && id != null
                ? durableQueue(subscription.destination, id)
                : QUEUE_PREFIX + scope.randomName();
    subscription.isDurable = isDurable;
    boolean isExclusive = QueueHeaders.flag(head, "exclusive", !isDurable && given == null);
    return new QueueSpec(
        name,
        QueueKind.CLASSIC,
        isExclusive ? Lifetime.EXCLUSIVE : isDurable ? Lifetime.DURABLE : Lifetime.TRANSIENT,
        QueueHeaders.flag(head, "auto-delete", !isDurable),
        selecting(QueueHeaders.arguments(head), head.first("selector")),
        Source.CLIENT);
  }

  private static Value.MapOf selecting(Value.MapOf arguments, @Nullable String selector) {
    if (selector == null || selector.isBlank()) {
      return arguments;
    }
    List<Value.Entry> entries = new ArrayList<>(arguments.entries());
    entries.add(new Value.Entry(Value.of(QueueHeaders.SELECTOR), Value.of(selector)));
    return new Value.MapOf(entries);
  }

  /** {@code persistent} is the older name of the header. */
  private static boolean isDurable(FrameHead head) {
    return QueueHeaders.flag(head, "durable", false)
        || QueueHeaders.flag(head, "persistent", false);
  }

  /** The same queue whoever subscribes under that id, whenever. */
  private static String durableQueue(String destination, String id) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((destination + '\n' + id).getBytes(StandardCharsets.UTF_8));
      return QUEUE_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static BindingSpec binding(String queue, Address address) {
    return new BindingSpec(
        address.exchange(),
        queue,
        false,
        address.topic().toString(),
        Spelling.DOT,
        Request.noArguments(),
        null,
        Source.CLIENT);
  }

  // ---- UNSUBSCRIBE

  void unsubscribe(FrameHead head, Answer answer, Effects<StompFrame> out) {
    String id = head.first("id");
    String destination = head.first(DESTINATION);
    String name = id != null ? id : destination;
    if (name == null) {
      throw StompErrors.missing("id", head.command().name());
    }
    boolean deletes = isDurable(head);
    Subscription subscription = subscriptions.open(name);
    if (subscription != null) {
      subscriptions.end(
          subscription,
          answer,
          out,
          (_, ended) -> {
            if (deletes && subscription.isDurable) {
              delete(subscription.queue, answer, ended);
            } else {
              answer.done(ended);
            }
          });
    } else if (deletes && id != null && destination != null) {
      delete(durableQueue(destination, id), answer, out);
    } else {
      throw StompErrors.of(
          "Subscription not found",
          "there is no subscription %s on this connection".formatted(StompErrors.quoted(name)),
          "STOMP 1.2 UNSUBSCRIBE");
    }
  }

  private void delete(String queue, Answer answer, Effects<StompFrame> out) {
    scope.ask(
        new Request.DeleteQueue(scope.caller(), queue, false, false),
        answer,
        out,
        (_, then) -> answer.done(then));
  }
}
