package io.serai.gateway.coap.resource;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.MatchData;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.Source;
import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapFrame;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The topics a peer observes. One volatile queue serves all observations of a peer and one binding
 * all those of a filter, so that many observers cost little; {@code ?all=1} has a queue of its own
 * ({@link EveryMessage}). Confined to the peer's event loop.
 */
final class Observers implements Consumers.Taker {
  /** Filters of one peer. */
  static final int MAX_FILTERS = 10_000;

  private static final String QUEUE_PREFIX = "coap-observer-";

  private final PeerScope scope;
  private final Map<String, ObservedFilter> byFilter = new HashMap<>(0);
  private final Map<Integer, ObservedFilter> byNumber = new HashMap<>(0);
  private final WaitingRoom room = new WaitingRoom();
  private int nextNumber = 1;
  private @Nullable Reading reading;

  /**
   * The queue of all observations.
   *
   * @param client in whose name it was declared
   */
  private record Reading(Client client, ConsumerRef consumer) {
    String queue() {
      return consumer.queue().name();
    }
  }

  Observers(PeerScope scope) {
    this.scope = scope;
  }

  /**
   * Starts an observation, and answers.
   *
   * @param config of a topic of the collection, null for others
   */
  void observe(TopicPath path, Incoming in, @Nullable TopicConfig config, Effects<CoapFrame> out) {
    ObserveOptions options = ObserveOptions.of(in);
    if (options.isAll()) {
      new EveryMessage(scope, path, options, in, Place.at(config)).start(out);
      return;
    }
    if (!byFilter.containsKey(path.filter()) && byFilter.size() >= MAX_FILTERS) {
      throw new RequestException(
          CoapCode.SERVICE_UNAVAILABLE, "a peer observes at most " + MAX_FILTERS + " filters");
    }
    Reading of = reading;
    if (of != null && !of.client().vhost().equals(in.client().vhost())) {
      if (!byFilter.isEmpty()) {
        throw new RequestException(
            CoapCode.FORBIDDEN,
            "this peer observes topics of another vhost already: use another port");
      }
      reading = null;
      scope.consumers().cancel(of.client(), of.consumer(), out);
      out.tell(new Request.DeleteQueue(of.client().caller(), of.queue(), false, false));
    }
    add(path, options, in, config, out);
  }

  private void add(
      TopicPath path,
      ObserveOptions options,
      Incoming in,
      @Nullable TopicConfig config,
      Effects<CoapFrame> out) {
    ObservedFilter known = byFilter.get(path.filter());
    ObservedFilter filter =
        known != null ? known : new ObservedFilter(nextNumber++, path, in.client());
    TopicObserver observer =
        new TopicObserver(
            path.isWildcard(),
            options,
            Place.at(config),
            room,
            (gone, later) -> leave(filter, gone, later));
    filter.add(observer);
    if (known != null) {
      read(observer, path, in, out);
      return;
    }
    byFilter.put(path.filter(), filter);
    byNumber.put(filter.match().filters().getFirst(), filter);
    Reading of = reading;
    if (of == null) {
      open(filter, observer, in, out);
      return;
    }
    scope.askEither(
        new Request.Bind(in.client().caller(), bindings(path, of.queue(), filter.match())),
        in.reply(),
        out,
        (result, later) -> bound(result, observer, path, in, later));
  }

  /** The peer's first observation: the queue and its binding at once. */
  private void open(
      ObservedFilter filter, TopicObserver observer, Incoming in, Effects<CoapFrame> out) {
    QueueSpec spec =
        new QueueSpec(
            QUEUE_PREFIX + scope.node().randomName(),
            QueueKind.VOLATILE,
            Lifetime.EXCLUSIVE,
            false,
            Request.noArguments(),
            Source.CLIENT);
    scope
        .consumers()
        .open(
            in.client(),
            spec,
            bindings(filter.path(), spec.name(), filter.match()),
            this,
            in.reply(),
            out,
            (result, later) -> {
              ConsumerRef consumer = PeerScope.valueOrNull(result);
              if (consumer != null) {
                reading = new Reading(in.client(), consumer);
              }
              bound(result, observer, filter.path(), in, later);
            });
  }

  private void bound(
      Result<?> result,
      TopicObserver observer,
      TopicPath path,
      Incoming in,
      Effects<CoapFrame> out) {
    if (result instanceof Result.Refused<?>) {
      observer.gone(out);
      throw PeerScope.refusal(result);
    }
    read(observer, path, in, out);
  }

  /** What a filter binds: also what the node says of itself, where it asks for that. */
  static List<BindingSpec> bindings(TopicPath path, String queue, @Nullable MatchData match) {
    List<BindingSpec> bindings = new ArrayList<>(1);
    bindings.add(binding(Address.TOPIC_EXCHANGE, path, queue, match));
    if (path.isAboutBroker()) {
      bindings.add(binding(Address.SYSTEM_EXCHANGE, path, queue, match));
    }
    return bindings;
  }

  private static BindingSpec binding(
      String exchange, TopicPath path, String queue, @Nullable MatchData match) {
    return new BindingSpec(
        exchange,
        queue,
        false,
        path.filter(),
        Spelling.SLASH,
        Request.noArguments(),
        match,
        Source.CLIENT);
  }

  /** The state to begin with. */
  private void read(TopicObserver observer, TopicPath path, Incoming in, Effects<CoapFrame> out) {
    int most = path.isWildcard() ? TopicObserver.MAX_WAITING : 1;
    scope.askEither(
        new Request.ReadRetained(in.client().caller(), path.compiled(), most, true),
        in.reply(),
        out,
        (result, later) -> {
          List<Message> kept = PeerScope.valueOrNull(result);
          if (kept == null) {
            observer.gone(later);
            throw PeerScope.refusal(result);
          }
          if (observer.place().needsValue() && kept.isEmpty()) {
            observer.gone(later);
            throw nothingYet();
          }
          if (!observer.place().take()) {
            observer.gone(later); // RFC 7641 §4.1: an answer without Observe says so
            in.answer(
                TopicResource.answer(in.request(), kept.getFirst(), later.nowMillis()), later);
            return;
          }
          observer.start(kept, in.reply(), later);
        });
  }

  /** A topic of the collection has to have a value to be observed. */
  static RequestException nothingYet() {
    return new RequestException(
        CoapCode.NOT_FOUND, "nothing was published to this topic of the collection yet");
  }

  // ---- messages

  @Override
  public void take(Delivery delivery, Effects<CoapFrame> out) {
    if (delivery.match() instanceof ObservedFilter.Match(List<Integer> filters)) {
      for (int i = 0; i < filters.size(); i++) {
        ObservedFilter filter = byNumber.get(filters.get(i));
        if (filter != null) {
          filter.tell(delivery.message(), out);
        }
      }
    }
  }

  @Override
  public void onCancelled(Effects<CoapFrame> out) {
    reading = null;
    CoapAnswer last =
        CoapAnswer.error(CoapCode.SERVICE_UNAVAILABLE, "the observation's queue was deleted");
    for (ObservedFilter filter : List.copyOf(byFilter.values())) {
      filter.end(last, out);
    }
  }

  // ---- the end

  private void leave(ObservedFilter filter, TopicObserver gone, Effects<CoapFrame> out) {
    filter.remove(gone);
    if (filter.isEmpty() && byFilter.remove(filter.path().filter(), filter)) {
      byNumber.remove(filter.match().filters().getFirst());
      Reading of = reading;
      if (of != null) {
        out.tell(
            new Request.Unbind(
                filter.client().caller(), bindings(filter.path(), of.queue(), null)));
      }
    }
  }
}
