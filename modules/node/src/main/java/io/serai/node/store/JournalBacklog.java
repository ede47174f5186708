package io.serai.node.store;

import io.serai.bus.MatchData;
import io.serai.model.UnknownFormatException;
import io.serai.routing.store.StoredBacklog;
import io.serai.storage.journal.Recovered;
import io.serai.storage.journal.RefAttributes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The references of one queue in a journal that was just opened. */
final class JournalBacklog implements StoredBacklog {
  private static final Logger log = LoggerFactory.getLogger(JournalBacklog.class);

  private final Recovered recovered;
  private final long owner;
  private final long count;

  /** Match data read last: most that follow are the same, and share it. */
  private byte[] lastOpaque = RefAttributes.NOTHING;

  private @Nullable MatchData lastMatch;
  private int unreadable;

  JournalBacklog(Recovered recovered, long owner) {
    this.recovered = recovered;
    this.owner = owner;
    this.count = recovered.references(owner);
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public void forEach(Visitor visitor) {
    recovered.drainReferences(
        owner,
        (sequence, _, attributes) -> {
          if (readMatch(attributes.opaque())) {
            visitor.message(
                sequence,
                attributes.bodyBytes(),
                attributes.expiresAtMillis(),
                attributes.deliveryCount(),
                lastMatch);
          }
        });
    if (unreadable > 0) {
      log.atError()
          .addKeyValue("owner", owner)
          .addKeyValue("messages", unreadable)
          .log("messages for subscriptions of a module that is not there stay in the journal");
    }
  }

  private boolean readMatch(byte[] opaque) {
    if (!Arrays.equals(opaque, lastOpaque)) {
      try {
        lastMatch = Notes.match(opaque);
        lastOpaque = opaque;
      } catch (UnknownFormatException _) {
        unreadable++;
        return false;
      }
    }
    return true;
  }
}
