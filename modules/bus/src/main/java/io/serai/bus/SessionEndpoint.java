package io.serai.bus;

/** The live connections of one loop. */
@FunctionalInterface
public interface SessionEndpoint {
  /** Hands an event to its session; one for a session that is gone is dropped. */
  void onEvent(SessionEvent event);
}
