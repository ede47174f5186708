package io.serai.security;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What was decided before, for one connection and one version of its user. A table in which a newer
 * decision takes the place of an older one; it starts small and doubles while decisions collide, up
 * to {@link #MAX_SLOTS}. No lock: decisions are pure, so a lost race only decides again.
 */
final class DecisionCache {
  private static final int INITIAL_SLOTS = 16;

  /** Bound: about 60 KB, and only for a connection that uses that many topics. */
  static final int MAX_SLOTS = 1024;

  private record Decision(
      Object action, String place, Object subject, String clientId, boolean allowed) {}

  private volatile AtomicReferenceArray<@Nullable Decision> slots =
      new AtomicReferenceArray<>(INITIAL_SLOTS);
  private int collisions;

  /**
   * The answer for this question: the one given before, or else that of {@code decide}.
   *
   * @param action what is done
   * @param place the vhost, with the exchange for topics
   * @param subject the resource name, topic or filter
   */
  boolean decided(
      Object action, String place, Object subject, String clientId, BooleanSupplier decide) {
    AtomicReferenceArray<@Nullable Decision> table = slots;
    int hash = Objects.hash(action, place, subject);
    int slot = (hash ^ hash >>> 16) & (table.length() - 1);
    Decision known = table.get(slot);
    if (known != null
        && known.action.equals(action)
        && known.subject.equals(subject)
        && known.place.equals(place)
        && known.clientId.equals(clientId)) {
      return known.allowed;
    }
    boolean allowed = decide.getAsBoolean();
    if (known != null && ++collisions > table.length() && table.length() < MAX_SLOTS) {
      collisions = 0;
      slots = new AtomicReferenceArray<>(table.length() * 2);
    } else {
      table.set(slot, new Decision(action, place, subject, clientId, allowed));
    }
    return allowed;
  }
}
