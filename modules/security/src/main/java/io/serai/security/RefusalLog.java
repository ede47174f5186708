package io.serai.security;

import io.serai.gateway.ConnectionInfo;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs refused logins, at most {@link #LINES_PER_SECOND}: whoever guesses passwords must not fill
 * the disk. Never a password; names the peer chose are escaped and cut.
 */
final class RefusalLog {
  static final int LINES_PER_SECOND = 20;
  private static final int MAX_NAME_CHARS = 64;
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryAuthenticator.class);

  private final LongSupplier nanoClock;

  /** Seconds of {@link #nanoClock} in the upper half, lines logged in that second in the lower. */
  private final AtomicLong window = new AtomicLong();

  private final AtomicLong suppressed = new AtomicLong();

  RefusalLog(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  void refused(String user, String mechanism, ConnectionInfo info, String reason) {
    if (!mayLog()) {
      suppressed.incrementAndGet();
      return;
    }
    long unseen = suppressed.getAndSet(0);
    if (unseen > 0) {
      LOG.warn("authentication refusals not logged count={}", unseen);
    }
    LOG.warn(
        "authentication refused user={} mechanism={} listener={} peer={} reason={}",
        safe(user),
        mechanism,
        info.listener(),
        info.remoteAddress(),
        reason);
  }

  private boolean mayLog() {
    long second = nanoClock.getAsLong() / 1_000_000_000L & 0x7fff_ffffL;
    long seen = window.updateAndGet(w -> w >>> 32 == second ? w + 1 : second << 32 | 1);
    return (seen & 0xffff_ffffL) <= LINES_PER_SECOND;
  }

  /** The name in quotes on one line, control characters as {@code ?}. */
  static String safe(String name) {
    StringBuilder out = new StringBuilder(name.length() + 2).append('"');
    for (int i = 0; i < name.length() && i < MAX_NAME_CHARS; i++) {
      char c = name.charAt(i);
      out.append(
          Character.isISOControl(c) || c == '"' || c == '\\' || c >= 0x2028 && c <= 0x202e
              ? '?'
              : c);
    }
    return out.append(name.length() > MAX_NAME_CHARS ? "...\"" : "\"").toString();
  }
}
