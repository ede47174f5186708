package io.serai.gateway.driver;

import io.serai.model.Origin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how often clients come and go, and keeps those out for a while that do so too often.
 * Shared by all loops. Counts at most {@link Generations#MOST} in a window and keeps out as many;
 * while there are more, new ones are not counted.
 */
public final class FlappingWatch {
  /** Watches nobody. */
  public static final FlappingWatch OFF = new FlappingWatch(0, 0, 0);

  private static final Logger log = LoggerFactory.getLogger(FlappingWatch.class);

  /** A client of a user: another user's that has the same id is another client. */
  record Client(String vhost, String user, String clientId) {
    static Client of(Origin origin) {
      return new Client(origin.vhost(), origin.user(), origin.clientId());
    }
  }

  /**
   * A client that went at least once.
   *
   * @param untilMillis the end of the window
   */
  private record Seen(int count, long untilMillis) {}

  private final int maxCount;
  private final long windowMillis;
  private final long banMillis;
  private final Generations<Client, Seen> seen;

  /** When each ban ends. */
  private final Generations<Client, Long> banned;

  /**
   * @param maxCount disconnections within the window that are one too many; 0 watches nobody
   */
  public FlappingWatch(int maxCount, long windowMillis, long banMillis) {
    this.maxCount = maxCount;
    this.windowMillis = windowMillis;
    this.banMillis = banMillis;
    this.seen = new Generations<>(windowMillis);
    this.banned = new Generations<>(banMillis);
  }

  /** Whether the client is kept out at the moment. */
  boolean isBanned(Client client, long nowMillis) {
    if (maxCount == 0) {
      return false;
    }
    Long until = banned.find(client, nowMillis);
    return until != null && nowMillis < until;
  }

  /** A client that was in has gone. */
  void left(Client client, long nowMillis) {
    if (maxCount == 0 || client.clientId().isEmpty() || isBanned(client, nowMillis)) {
      return;
    }
    Seen now = seen.change(client, nowMillis, known -> next(known, nowMillis));
    if (now != null && now.count >= maxCount) {
      seen.change(client, nowMillis, _ -> null);
      banned.change(client, nowMillis, _ -> nowMillis + banMillis);
      log.atWarn()
          .addKeyValue("client", LogText.of(client.clientId()))
          .addKeyValue("vhost", LogText.of(client.vhost()))
          .addKeyValue("user", LogText.of(client.user()))
          .addKeyValue("disconnections", now.count)
          .log("client banned");
    }
  }

  private Seen next(@Nullable Seen known, long nowMillis) {
    return known == null || nowMillis >= known.untilMillis
        ? new Seen(1, nowMillis + windowMillis)
        : new Seen(known.count + 1, known.untilMillis);
  }
}
