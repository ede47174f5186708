package io.serai.gateway.coap.resource;

import io.serai.bus.MatchData;
import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapFrame;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * One filter that a peer observes, by however many observations: one binding for all of them.
 * Confined to the peer's event loop.
 */
final class ObservedFilter {
  private final TopicPath path;
  private final Client client;
  private final Match match;
  private final List<TopicObserver> observers = new ArrayList<>(1);

  /**
   * What the binding carries, and a delivery through several of them.
   *
   * @param filters their numbers
   */
  record Match(List<Integer> filters) implements MatchData {
    @Override
    public MatchData fold(Message message, List<MatchData> matches) {
      if (matches.size() == 1) {
        return matches.getFirst();
      }
      List<Integer> all = new ArrayList<>(matches.size());
      for (MatchData match : matches) {
        if (match instanceof Match(List<Integer> filters)) {
          all.addAll(filters);
        }
      }
      return new Match(all);
    }

    @Override
    public boolean isAtMostOnce(Message message) {
      return true;
    }
  }

  ObservedFilter(int number, TopicPath path, Client client) {
    this.path = path;
    this.client = client;
    this.match = new Match(List.of(number));
  }

  TopicPath path() {
    return path;
  }

  /** Who observed it first; with its rights it was bound. */
  Client client() {
    return client;
  }

  Match match() {
    return match;
  }

  void add(TopicObserver observer) {
    observers.add(observer);
  }

  void remove(TopicObserver observer) {
    observers.remove(observer);
  }

  boolean isEmpty() {
    return observers.isEmpty();
  }

  void tell(Message message, Effects<CoapFrame> out) {
    CoapAnswer state =
        Representation.content(message, path.isWildcard(), out.nowMillis()); // one for all
    for (TopicObserver observer : List.copyOf(observers)) {
      observer.onMessage(message, state, out);
    }
  }

  /** The queue is gone, or the resource: nothing comes any more. */
  void end(CoapAnswer last, Effects<CoapFrame> out) {
    for (TopicObserver observer : List.copyOf(observers)) {
      observer.end(last, out);
    }
    observers.clear();
  }
}
