package io.serai.bus;

/** The live connections of one loop. */
public interface SessionEndpoint {
  /** Hands an event to its session; one for a session that is gone is dropped. */
  void onEvent(SessionEvent event);

  /**
   * Publishers must wait because another loop has not yet taken what this one has sent it, or may
   * go on.
   */
  default void onCrowded(boolean isCrowded) {}

  /** A group of events has been handed over, or the turn ends: write what was collected. */
  void onTurnEnd();
}
