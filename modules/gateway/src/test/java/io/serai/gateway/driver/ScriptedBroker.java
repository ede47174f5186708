package io.serai.gateway.driver;

import io.serai.bus.Broker;
import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.PublishOnce;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionRef;
import io.serai.bus.Transaction;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A broker that stores what is flushed, confirms it, and answers every request after a few
 * milliseconds, so that order can be observed. A batch with {@link #POISON} in it fails whenever it
 * is flushed.
 */
final class ScriptedBroker implements Broker {
  static final String POISON = "poison";

  final List<SessionRef> ended = new CopyOnWriteArrayList<>();

  /** Bodies of messages whose batch was sent, in order. */
  final List<String> stored = new CopyOnWriteArrayList<>();

  /** Credit granted, in order. */
  final List<Integer> granted = new CopyOnWriteArrayList<>();

  private final Vertx vertx;
  private @Nullable Bus bus;

  ScriptedBroker(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Sends confirms through the loop's bus. */
  void answerThrough(Bus to) {
    bus = to;
  }

  @Override
  public boolean hasVhost(String vhost) {
    return true;
  }

  @Override
  public Publisher publisher(Caller caller, Origin origin) {
    return new Publisher() {
      private final List<String> open = new ArrayList<>();

      @Override
      public PublishResult publish(Message message, int flags, @Nullable PublishOnce once) {
        if ((flags & CHECK) == 0) {
          open.add(new String(message.body().toByteArray(), StandardCharsets.UTF_8));
        }
        return PublishResult.ROUTED;
      }

      @Override
      public int flush(long batchId) {
        if (open.isEmpty()) {
          return 0;
        }
        if (open.contains(POISON)) {
          throw new IllegalStateException("seeded failure");
        }
        stored.addAll(open);
        open.clear();
        Objects.requireNonNull(bus)
            .send(new SessionEvent.Appended(caller.session(), batchId, List.of()));
        return 1;
      }
    };
  }

  @Override
  public Transaction transaction(Caller caller) {
    return new Transaction() {
      private final List<String> open = new ArrayList<>();
      private long sizeBytes;

      @Override
      public PublishResult publish(Message message, int flags) {
        open.add(message.body().toUtf8());
        sizeBytes += message.sizeBytes();
        return PublishResult.ROUTED;
      }

      @Override
      public void settle(Delivery delivery, Outcome outcome) {}

      @Override
      public long sizeBytes() {
        return sizeBytes;
      }

      @Override
      public Future<Boolean> commit() {
        stored.addAll(open);
        return Future.succeededFuture(true);
      }
    };
  }

  @Override
  @SuppressWarnings("unchecked") // only requests are asked that Done answers, or nobody looks
  public <R> Future<Result<R>> ask(Request<R> request) {
    Promise<Result<R>> promise = Promise.promise();
    vertx.setTimer(5, _ -> promise.complete((Result<R>) Result.ok(Request.Done.DONE)));
    return promise.future();
  }

  @Override
  public void settle(Delivery delivery, Outcome outcome) {}

  @Override
  public void note(SessionRef from, @Nullable QueueRef beside, SessionNote note, long token) {
    Objects.requireNonNull(bus).send(new SessionEvent.Noted(from, List.of(token)));
  }

  @Override
  public void grant(ConsumerRef consumer, int credit, boolean drain) {
    granted.add(credit);
  }

  @Override
  public void sessionEnded(SessionRef session) {
    ended.add(session);
  }
}
