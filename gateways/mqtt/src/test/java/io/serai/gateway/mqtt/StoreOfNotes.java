package io.serai.gateway.mqtt;

import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.bus.PublishOnce;
import io.serai.bus.Request;
import io.serai.bus.SessionItem;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionNotes;
import io.serai.bus.SessionRecord;
import io.serai.gateway.harness.Recorded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a store has of a session when the node ends without a word: what it was told, and safe. */
final class StoreOfNotes {
  /** Whoever gets what is published. */
  static final long OWNER = 17;

  private final Map<SessionItem, SessionNote.Keep> kept = new HashMap<>();
  private final Map<SessionItem, Set<Long>> published = new HashMap<>();

  /** Takes what a client had noted and published since the last time. */
  StoreOfNotes take(Client client) {
    for (Recorded.Once once : client.harness.recorded(Recorded.Once.class)) {
      published.put(once.once().item(), Set.of(OWNER));
    }
    for (Recorded.Noted noted : client.harness.recorded(Recorded.Noted.class)) {
      switch (noted.note()) {
        case SessionNote.Keep keep -> kept.put(keep.item(), keep);
        case SessionNote.Drop(SessionItem item) -> kept.remove(item);
        case SessionNote.Released(SessionItem item) -> published.remove(item);
      }
    }
    return this;
  }

  /** The session's record as it was last written. */
  static SessionRecord record(Client client) {
    return client.asked.stream()
        .filter(Request.KeepSession.class::isInstance)
        .map(request -> ((Request.KeepSession) request).record())
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  SessionNotes notes() {
    List<PublishOnce> all = new ArrayList<>();
    published.forEach((item, owners) -> all.add(new PublishOnce(item, owners)));
    return new SessionNotes(kept.values().stream().map(StoreOfNotes::afterTheEnd).toList(), all);
  }

  /** What its queue had is the session's. */
  private static SessionNote.Keep afterTheEnd(SessionNote.Keep keep) {
    return keep.message() instanceof SessionNote.Claimed.InQueue(Delivery delivery, MatchData match)
        ? new SessionNote.Keep(
            keep.item(),
            keep.state(),
            keep.value(),
            new SessionNote.Claimed.Whole(delivery.message(), match))
        : keep;
  }

  boolean isEmpty() {
    return kept.isEmpty() && published.isEmpty();
  }

  /** The same client id connects to a node that was killed and started again. */
  Client restarted(Client before) {
    return Client.v5().keepingSession().resuming(record(before)).noted(take(before).notes());
  }
}
