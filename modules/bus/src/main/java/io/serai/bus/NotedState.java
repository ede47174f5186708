package io.serai.bus;

import java.util.List;

/** A {@link SessionRecord#state} with things under way that are noted in the store. */
public interface NotedState {
  /** What makes the store forget them, for when the session ends. */
  List<SessionNote> endings(String vhost, String clientId);
}
