package io.serai.gateway.coap.resource;

import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.Observation;
import io.serai.gateway.coap.Observer;
import io.serai.model.Message;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An observation with {@code ?all=1}: every message, confirmed, in order. A queue of its own keeps
 * what waits, at most {@link #MAX_QUEUED} messages, of which the oldest go first; each is settled
 * when the client has said that it came. Confined to the peer's event loop.
 */
final class EveryMessage implements Observer, Consumers.Taker {
  static final int MAX_QUEUED = 1_000;

  /** Their bodies: who observes and reads nothing must not fill the node. */
  static final long MAX_QUEUED_BYTES = 16 << 20;

  /** Messages fetched ahead of the one that is underway. */
  private static final int WINDOW = 16;

  private static final String QUEUE_PREFIX = "coap-observer-all-";

  private final PeerScope scope;
  private final TopicPath path;
  private final ObserveOptions options;
  private final Incoming in;
  private final String queue;
  private final Place place;

  /** What is to be told; bounded by the window, and at the start by the values there are. */
  private final Deque<Waiting> waiting = new ArrayDeque<>(1);

  /** What was kept when it began: older messages of these topics are no news. */
  private final Map<Topic, Message> kept = new HashMap<>(1);

  private @Nullable Observation observation;
  private @Nullable Delivery underway;
  private boolean isBusy;
  private boolean isOver;

  /**
   * @param delivery what to settle when it was told; null for a value that was kept
   */
  private record Waiting(Message message, @Nullable Delivery delivery) {}

  /**
   * @param place among the topic's subscribers, not taken yet
   */
  EveryMessage(PeerScope scope, TopicPath path, ObserveOptions options, Incoming in, Place place) {
    this.place = place;
    this.options = options;
    this.scope = scope;
    this.path = path;
    this.in = in;
    this.queue = QUEUE_PREFIX + scope.node().randomName();
  }

  // ---- the start

  void start(Effects<CoapFrame> out) {
    QueueSpec spec =
        new QueueSpec(
            queue,
            QueueKind.CLASSIC,
            Lifetime.EXCLUSIVE,
            false,
            new Value.MapOf(
                List.of(
                    new Value.Entry(Value.of("x-max-length"), new Value.Long(MAX_QUEUED)),
                    new Value.Entry(
                        Value.of("x-max-length-bytes"), new Value.Long(MAX_QUEUED_BYTES)))),
            Source.CLIENT);
    scope.ask(
        new Request.DeclareQueue(in.client().caller(), spec),
        in.reply(),
        out,
        (_, declared) ->
            orDelete(
                new Request.Bind(in.client().caller(), Observers.bindings(path, queue, null)),
                declared,
                (_, bound) ->
                    orDelete(
                        new Request.ReadRetained(
                            in.client().caller(), path.compiled(), MAX_QUEUED, true),
                        bound,
                        (values, later) -> begin(values, later))));
  }

  /** Asks; when that is refused the queue goes, and the refusal is the answer. */
  private <R> void orDelete(Request<R> request, Effects<CoapFrame> out, Then<R, CoapFrame> then) {
    scope.askEither(
        request,
        in.reply(),
        out,
        (result, later) -> {
          R value = PeerScope.valueOrNull(result);
          if (value == null) {
            over(later);
            throw PeerScope.refusal(result);
          }
          then.accept(value, later);
        });
  }

  private void begin(List<Message> values, Effects<CoapFrame> out) {
    if (place.needsValue() && values.isEmpty()) {
      over(out);
      throw Observers.nothingYet();
    }
    if (!place.take()) {
      over(out); // RFC 7641 §4.1: an answer without Observe says so
      in.answer(TopicResource.answer(in.request(), values.getFirst(), out.nowMillis()), out);
      return;
    }
    for (Message value : values) {
      kept.put(value.topic(), value);
      if (options.wantsValues()) {
        waiting.add(new Waiting(value, null));
      }
    }
    Waiting first = waiting.poll();
    CoapAnswer state =
        first == null ? CoapAnswer.of(CoapCode.CONTENT) : state(first.message(), out);
    Observation started = in.reply().observe(state, this, out);
    observation = started;
    if (!started.isActive()) {
      over(out);
      return;
    }
    next(out);
    scope.consumers().readSettling(in, queue, WINDOW, true, this, out, (_, _) -> {});
  }

  private CoapAnswer state(Message message, Effects<CoapFrame> out) {
    return Representation.content(message, path.isWildcard(), out.nowMillis());
  }

  // ---- messages

  @Override
  public void take(Delivery delivery, Effects<CoapFrame> out) {
    Topic topic = delivery.message().topic();
    Message known = kept.get(topic);
    boolean isOld =
        known != null
            && (known == delivery.message()
                || delivery.message().receivedMillis() < known.receivedMillis());
    if (isOld || options.excludes(delivery.message())) {
      out.settle(delivery, Outcome.ACCEPTED);
      return;
    }
    if (known != null) {
      kept.remove(topic); // it need not be held for that any more
    }
    waiting.add(new Waiting(delivery.message(), delivery));
    next(out);
  }

  private void next(Effects<CoapFrame> out) {
    Observation told = observation;
    if (isBusy || told == null || !told.isActive()) {
      return;
    }
    Waiting one = waiting.poll();
    if (one != null) {
      isBusy = true;
      underway = one.delivery();
      told.notify(state(one.message(), out), true, 0, out);
    }
  }

  @Override
  public void onNotified(long tag, Notified outcome, Effects<CoapFrame> out) {
    isBusy = false;
    Delivery told = underway;
    underway = null;
    if (told != null) {
      out.settle(told, Outcome.ACCEPTED);
    }
    next(out);
  }

  // ---- the end

  @Override
  public void onCancelled(Effects<CoapFrame> out) {
    Observation told = observation;
    if (told != null && told.isActive()) {
      told.end(
          CoapAnswer.error(CoapCode.SERVICE_UNAVAILABLE, "the observation's queue was deleted"),
          out);
    }
    isOver = true;
    place.leave();
  }

  @Override
  public void onEnded(Ended why, Effects<CoapFrame> out) {
    if (why == Ended.CLOSED) {
      isOver = true; // the queue goes with the peer
      place.leave();
    } else {
      over(out);
    }
  }

  private void over(Effects<CoapFrame> out) {
    if (!isOver) {
      isOver = true;
      place.leave();
      waiting.clear();
      out.tell(new Request.DeleteQueue(in.client().caller(), queue, false, false));
    }
  }
}
