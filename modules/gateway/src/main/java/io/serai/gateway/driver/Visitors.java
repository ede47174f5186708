package io.serai.gateway.driver;

import io.serai.gateway.AuthResult.Kind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts the peers of one loop against what bounds connections, from their arrival until they
 * leave. Confined to its loop.
 */
final class Visitors {
  /**
   * Connections that are open only to be told that they may not be; those beyond are closed as they
   * come.
   */
  static final int MAX_REFUSED = 1_000;

  private final Admission admission;
  private int refusedOpen;

  /**
   * @param admission shared by all loops
   */
  Visitors(Admission admission) {
    this.admission = admission;
  }

  /**
   * Counts a peer that has arrived. One that is too many may stay to be told so while there is room
   * for such; without room only they are closed: whoever keeps within the limits comes in however
   * many others do not.
   *
   * @return null when it must be closed; else it counts until {@link #leave}
   */
  @Nullable Visitor arrive(ListenerGate gate, String address) {
    Kind refusal = refusal(gate, address);
    if (refusal != null && refusedOpen >= MAX_REFUSED) {
      return null;
    }
    admission.connections().opened();
    if (refusal == null) {
      gate.opened();
    } else {
      refusedOpen++;
    }
    return new Visitor(gate, address, refusal);
  }

  /** Counts it against its address, unless it is refused. */
  private @Nullable Kind refusal(ListenerGate gate, String address) {
    if (!admission.perAddress().tryOpen(address)) {
      return Kind.QUOTA_EXCEEDED;
    }
    Kind refusal = gate.refusal(System.nanoTime());
    if (refusal != null) {
      admission.perAddress().closed(address);
    }
    return refusal;
  }

  /** A peer has gone, for whatever reason; nothing when that is known. */
  void leave(Visitor visitor) {
    if (!visitor.leave()) {
      return;
    }
    admission.connections().closed();
    if (visitor.refusal() == null) {
      visitor.gate().closed();
      admission.perAddress().closed(visitor.address());
    } else {
      refusedOpen--;
    }
    countAs(visitor, null);
  }

  /**
   * Counts a peer as one of a user's, in the place of the user it counted as before: from the login
   * on, since many may be between login and vhost at the same time.
   *
   * @return false when the user has as many as there may be
   */
  boolean countAs(Visitor visitor, @Nullable String user) {
    String before = visitor.user();
    if (Objects.equals(before, user)) {
      return true;
    }
    if (user != null && !admission.perUser().tryOpen(user)) {
      return false;
    }
    if (before != null) {
      admission.perUser().closed(before);
    }
    visitor.countAs(user);
    return true;
  }
}
