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
      LOG.atWarn().addKeyValue("count", unseen).log("authentication refusals not logged");
    }
    LOG.atWarn()
        .addKeyValue("user", safe(user))
        .addKeyValue("mechanism", mechanism)
        .addKeyValue("listener", info.listener())
        .addKeyValue("peer", info.remoteAddress())
        .addKeyValue("reason", reason)
        .log("authentication refused");
  }

  private boolean mayLog() {
    long second = nanoClock.getAsLong() / 1_000_000_000L & 0x7fff_ffffL;
    long seen = window.updateAndGet(w -> w >>> 32 == second ? w + 1 : second << 32 | 1);
    return (seen & 0xffff_ffffL) <= LINES_PER_SECOND;
  }

  /** The name cut to a length fit for a line, characters that could disguise it as {@code ?}. */
  static String safe(String name) {
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length() && i < MAX_NAME_CHARS; i++) {
      char c = name.charAt(i);
      // Control characters, quotes, line separators and changes of direction.
      boolean isSafe =
          !Character.isISOControl(c) && c != '"' && c != '\\' && (c < 0x2028 || c > 0x202e);
      out.append(isSafe ? c : '?');
    }
    return name.length() > MAX_NAME_CHARS ? out.append("...").toString() : out.toString();
  }
}
