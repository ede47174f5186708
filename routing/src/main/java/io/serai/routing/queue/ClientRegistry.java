package io.serai.routing.queue;

import io.serai.bus.NotedState;
import io.serai.bus.Request;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionNotes;
import io.serai.bus.SessionRecord;
import io.serai.bus.SessionRef;
import io.serai.routing.store.Definitions;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredNotes;
import io.serai.routing.store.StoredSession;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The durable client sessions that hash to this shard: who holds each client id, who waits for it,
 * and what is kept while nobody does. An id has one holder at a time; each claim has a higher epoch
 * than all before, and a release with an older one changes nothing.
 *
 * <p>Ids without holder, waiting claims and record are forgotten; records go when they expire, so
 * the gateway's session expiry bounds them. Confined to the shard's loop.
 */
final class ClientRegistry {
  /** A holder that has not released by then is passed over: its connection is stuck or gone. */
  static final long TAKEOVER_MILLIS = 5_000;

  private record Claim(Request.ClaimSession request, Consumer<Request.SessionClaim> answer) {}

  /** One client id in use. */
  private static final class Client {
    final StoredNotes.Client key;

    /** The connection that has it, or null. */
    @Nullable SessionRef holder;

    /** The holder's epoch. */
    long epoch;

    /** Whether the holder was told to leave. */
    boolean isTakenOver;

    /**
     * What the last release left. Stays while the id is held, in case its connection ends without
     * releasing.
     */
    @Nullable SessionRecord kept;

    /** Whether the store has something of it: not of sessions that end with their connection. */
    boolean isStored;

    /** What was noted beside {@link #kept} when the node ended, until a release says it all. */
    @Nullable SessionNotes notes;

    /** Claims that came while it is held, in order; each is a live connection. */
    final ArrayDeque<Claim> waiting = new ArrayDeque<>(0);

    /** For the will, the record's expiry and a holder that does not leave. */
    @Nullable Deadline deadline;

    Client(StoredNotes.Client key) {
      this.key = key;
    }
  }

  private final ShardHost host;
  private final Deadlines deadlines;
  private final Store store;
  private final SessionNotesWriter notes;
  private final Map<StoredNotes.Client, Client> clients = new HashMap<>();

  /** The id that a connection holds or waits for, to find it when the connection just ends. */
  private final Map<SessionRef, Client> bySession = new HashMap<>();

  private long lastEpoch;

  ClientRegistry(ShardHost host, Deadlines deadlines, Store store, SessionNotesWriter notes) {
    this.host = host;
    this.deadlines = deadlines;
    this.store = store;
    this.notes = notes;
  }

  /** Number of client ids that are held or kept. */
  int size() {
    return clients.size();
  }

  /** Gives the id to the connection, after those before it have released it. */
  void claim(Request.ClaimSession request, Consumer<Request.SessionClaim> answer) {
    StoredNotes.Client key = new StoredNotes.Client(request.caller().vhost(), request.clientId());
    Client client = clients.computeIfAbsent(key, Client::new);
    client.waiting.add(new Claim(request, answer));
    bySession.put(request.caller().session(), client);
    advance(client);
  }

  /** Keeps what is said about a session while its connection holds it. */
  void keep(Request.KeepSession request) {
    Client client =
        clients.get(new StoredNotes.Client(request.caller().vhost(), request.clientId()));
    if (client != null && client.holder != null && client.epoch == request.epoch()) {
      write(client, request.record(), true);
    }
  }

  /**
   * Takes back sessions of an earlier run.
   *
   * @param noted beside them; that of clients without a session is forgotten
   * @param noteLoops how many loops may have written of publishes
   */
  void restore(
      List<StoredSession> sessions, Map<StoredNotes.Client, SessionNotes> noted, int noteLoops) {
    Map<StoredNotes.Client, SessionNotes> left = new HashMap<>(noted);
    for (StoredSession session : sessions) {
      SessionNotes own = left.remove(session.client());
      restore(session, own == null ? new SessionNotes(List.of(), List.of()) : own, noteLoops);
    }
    left.values().forEach(notes::drop);
  }

  private void restore(StoredSession stored, SessionNotes noted, int noteLoops) {
    Client client = clients.computeIfAbsent(stored.client(), Client::new);
    client.kept = stored.record();
    client.notes = noted;
    write(client, stored.record(), false);
    noted.published().forEach(publish -> notes.adopt(publish, noteLoops));
    setDeadline(client);
  }

  /** The session ends: nothing that was under way in it goes on. */
  private void forgetNotes(Client client, @Nullable SessionRecord ended) {
    if (client.notes != null) {
      notes.drop(client.notes);
      client.notes = null;
    }
    if (ended != null && ended.state() instanceof NotedState state) {
      state.endings(client.key.vhost(), client.key.clientId()).forEach(notes::write);
    }
  }

  /** Has the store keep a session as it is now, or forget it. */
  private void write(Client client, @Nullable SessionRecord record, boolean isHeld) {
    StoredNotes.Client key = client.key;
    byte[] name = Definitions.key(key.vhost(), key.clientId());
    client.isStored = record != null;
    if (record == null || !StoredSession.canWrite(record)) {
      store.remove(FactKind.SESSION, name);
    } else {
      store.put(
          FactKind.SESSION,
          name,
          StoredSession.write(key.vhost(), key.clientId(), record, isHeld, host.nowMillis()));
    }
    host.wake();
  }

  /** Takes the id back, unless the epoch is out of date. */
  void release(Request.ReleaseSession request, Consumer<Request.Done> answer) {
    Client client =
        clients.get(new StoredNotes.Client(request.caller().vhost(), request.clientId()));
    if (client == null || client.holder == null || client.epoch != request.epoch()) {
      answer.accept(Request.Done.DONE);
      return;
    }
    client.notes = null;
    if (request.keep() != null) {
      client.kept = request.keep();
      write(client, request.keep(), false);
      publishDueWill(client);
      leave(client);
      answer.accept(Request.Done.DONE);
      return;
    }
    client.kept = null;
    if (client.isStored) {
      write(client, null, false);
    }
    bySession.remove(client.holder, client);
    client.isTakenOver = true; // it is leaving: later claims wait until its queue is gone
    whenDeleted(
        client.key.vhost(),
        request.queue(),
        () -> {
          answer.accept(Request.Done.DONE);
          if (client.epoch == request.epoch()) {
            leave(client);
          }
        });
  }

  /** A connection ended. Ids it still holds or waits for go on without it. */
  void sessionEnded(SessionRef session) {
    Client client = bySession.remove(session);
    if (client == null) {
      return;
    }
    if (session.equals(client.holder)) {
      leave(client);
      return;
    }
    client.waiting.removeIf(claim -> {
      boolean isIts = claim.request().caller().session().equals(session);
      if (isIts) {
        claim.answer().accept(new Request.SessionClaim(0, null)); // nobody listens any more
      }
      return isIts;
    });
  }

  /** The holder is gone: next claim, or wait for what the record says. */
  private void leave(Client client) {
    if (client.holder != null) {
      bySession.remove(client.holder, client);
    }
    client.holder = null;
    client.isTakenOver = false;
    advance(client);
  }

  /** Lets the first waiting claim in, or asks the holder to leave. */
  private void advance(Client client) {
    Claim next = client.waiting.peek();
    if (next == null) {
      if (client.holder == null) {
        if (client.kept == null) {
          forgetStored(client);
          forget(client);
        } else {
          setDeadline(client);
        }
      }
      return;
    }
    if (client.holder == null) {
      client.waiting.remove();
      grant(client, next);
      if (!client.waiting.isEmpty()) {
        advance(client);
      }
    } else if (!client.isTakenOver) {
      client.isTakenOver = true;
      host.send(new SessionEvent.TakenOver(client.holder, client.key.clientId(), client.epoch));
      setDeadline(client, host.nowMillis() + TAKEOVER_MILLIS);
    }
  }

  private void grant(Client client, Claim claim) {
    SessionRef holder = claim.request().caller().session();
    long epoch = ++lastEpoch;
    client.holder = holder;
    client.epoch = epoch;
    setDeadline(client, Deadline.NEVER);
    SessionRecord kept = client.kept;
    if (!claim.request().clean()) {
      if (kept == null) {
        forgetStored(client);
      } else {
        client.kept = withoutWill(kept);
      }
      claim.answer().accept(new Request.SessionClaim(epoch, kept, client.notes));
      return;
    }
    // The old session ends here (MQTT 5.0 §3.1.2.4), and so its will is due (§3.1.3.2.2).
    client.kept = null;
    forgetNotes(client, kept);
    forgetStored(client);
    if (kept != null) {
      publishWill(kept);
    }
    whenDeleted(
        client.key.vhost(),
        kept == null ? null : kept.queue(),
        () -> claim.answer().accept(new Request.SessionClaim(epoch, null)));
  }

  /** A holder that ended without a word may have had the store keep what is over now. */
  private void forgetStored(Client client) {
    if (client.isStored) {
      write(client, null, false);
    }
  }

  private void forget(Client client) {
    setDeadline(client, Deadline.NEVER);
    clients.remove(client.key, client);
  }

  private void setDeadline(Client client) {
    SessionRecord kept = client.kept;
    if (kept != null) {
      setDeadline(
          client,
          kept.will() == null
              ? kept.expiresAtMillis()
              : Math.min(kept.expiresAtMillis(), kept.willAtMillis()));
    }
  }

  private void setDeadline(Client client, long atMillis) {
    if (client.deadline == null) {
      if (atMillis == Deadline.NEVER) {
        return;
      }
      client.deadline = new Deadline(() -> onDeadline(client));
    }
    deadlines.set(client.deadline, atMillis);
  }

  private void onDeadline(Client client) {
    if (client.holder != null) {
      leave(client); // it did not make way in time; its epoch keeps it from touching anything
      return;
    }
    SessionRecord kept = client.kept;
    if (kept == null) {
      return;
    }
    if (kept.expiresAtMillis() > host.nowMillis()) {
      publishDueWill(client);
      setDeadline(client);
      return;
    }
    client.kept = null;
    forgetNotes(client, kept);
    write(client, null, false);
    publishWill(kept);
    forget(client);
    if (kept.queue() != null) {
      host.deleteQueue(client.key.vhost(), kept.queue());
    }
  }

  private void publishDueWill(Client client) {
    SessionRecord kept = client.kept;
    if (kept != null && kept.will() != null && kept.willAtMillis() <= host.nowMillis()) {
      publishWill(kept);
      client.kept = withoutWill(kept);
      write(client, client.kept, false);
    }
  }

  private void publishWill(SessionRecord kept) {
    if (kept.will() != null) {
      // Its expiry counts from now, whenever it was meant to be published (MQTT 5.0 §3.1.3.2.4).
      host.publish(kept.owner(), kept.will().receivedAt(host.nowMillis()), kept.willFlags());
    }
  }

  private static SessionRecord withoutWill(SessionRecord kept) {
    return kept.will() == null
        ? kept
        : new SessionRecord(
            kept.state(),
            kept.queue(),
            kept.expiresAtMillis(),
            null,
            0,
            Deadline.NEVER,
            kept.owner());
  }

  private void whenDeleted(String vhost, @Nullable String queue, Runnable then) {
    if (queue == null) {
      then.run();
    } else {
      host.deleteQueue(vhost, queue, then);
    }
  }
}
