package io.serai.gateway.driver;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Remembers something about each of many for a lifetime after it changed last, and forgets it
 * before the second is over. Forgetting is dropping a map: it costs the same however much there is
 * in it. Safe for use by all loops.
 *
 * @param <K> those of whom something is remembered
 * @param <V> what is remembered
 */
final class Generations<K, V> {
  /** Remembered in a lifetime; who comes when there are as many is not remembered. */
  static final int MOST = 100_000;

  /**
   * @param since when the younger one began, milliseconds
   */
  private record Both<K, V>(
      ConcurrentHashMap<K, V> young, ConcurrentHashMap<K, V> old, long since) {}

  private final long lifetimeMillis;
  private final AtomicReference<Both<K, V>> current =
      new AtomicReference<>(new Both<>(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), 0));

  Generations(long lifetimeMillis) {
    this.lifetimeMillis = lifetimeMillis;
  }

  private Both<K, V> at(long nowMillis) {
    Both<K, V> both = current.get();
    long age = nowMillis - both.since;
    if (age < lifetimeMillis) {
      return both;
    }
    ConcurrentHashMap<K, V> old = age < 2 * lifetimeMillis ? both.young : new ConcurrentHashMap<>();
    current.compareAndSet(both, new Both<>(new ConcurrentHashMap<>(), old, nowMillis));
    return current.get();
  }

  /** What is remembered, or null. */
  @Nullable V find(K of, long nowMillis) {
    Both<K, V> both = at(nowMillis);
    V value = both.young.get(of);
    return value == null ? both.old.get(of) : value;
  }

  /**
   * Changes what is remembered.
   *
   * @param change from what was remembered, null for nothing, to what is from now on, null likewise
   * @return what is remembered now; null also when there is no room
   */
  @Nullable V change(K of, long nowMillis, UnaryOperator<@Nullable V> change) {
    Both<K, V> both = at(nowMillis);
    if (both.young.size() >= MOST && !both.young.containsKey(of)) {
      return null;
    }
    return both.young.compute(
        of,
        (_, known) -> {
          V before = known == null ? both.old.get(of) : known;
          both.old.remove(of);
          return change.apply(before);
        });
  }
}
