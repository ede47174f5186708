package io.serai.gateway.driver;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Peers by key, at most so many. When another arrives the one goes that is silent longest and that
 * nothing keeps: whoever sends one datagram in each of very many names must not have those
 * forgotten that wait for something. Confined to its loop.
 *
 * @param <P> a peer
 */
final class RecentPeers<P> {
  /** Peers looked at to find one that may go; if there is none among them the first one goes. */
  private static final int MAX_LOOKED_AT = 64;

  private final int most;
  private final Predicate<P> isAnchored;
  private final Consumer<P> forgotten;
  private final Map<Object, P> peers = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param isAnchored whether a peer is kept as long as there is another one
   * @param forgotten told of a peer that had to go
   */
  RecentPeers(int most, Predicate<P> isAnchored, Consumer<P> forgotten) {
    this.most = most;
    this.isAnchored = isAnchored;
    this.forgotten = forgotten;
  }

  /** The peer, which is the youngest from now on; null when there is none. */
  @Nullable P get(Object key) {
    return peers.get(key);
  }

  /** Adds a peer; another one may have to go. */
  void put(Object key, P peer) {
    if (peers.size() >= most) {
      makeRoom();
    }
    peers.put(key, peer);
  }

  private void makeRoom() {
    List<Object> anchored = new ArrayList<>();
    @Nullable P gone = null;
    Iterator<Map.Entry<Object, P>> each = peers.entrySet().iterator();
    while (gone == null && each.hasNext() && anchored.size() < MAX_LOOKED_AT) {
      Map.Entry<Object, P> next = each.next();
      if (isAnchored.test(next.getValue())) {
        anchored.add(next.getKey());
      } else {
        gone = next.getValue();
        each.remove();
      }
    }
    if (gone == null) {
      gone = peers.remove(anchored.getFirst());
    }
    anchored.forEach(peers::get); // the youngest now, so that they are not looked at each time
    if (gone != null) {
      forgotten.accept(gone);
    }
  }

  void remove(Object key, P peer) {
    peers.remove(key, peer);
  }

  /** All of them; a copy. */
  List<P> all() {
    return List.copyOf(peers.values());
  }
}
