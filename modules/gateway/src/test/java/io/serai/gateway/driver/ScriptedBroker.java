package io.serai.gateway.driver;

import io.serai.bus.Broker;
import io.serai.bus.Caller;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A broker that answers every request after a few milliseconds, so that order can be observed. */
final class ScriptedBroker implements Broker {
  final List<SessionRef> ended = new CopyOnWriteArrayList<>();
  private final Vertx vertx;

  ScriptedBroker(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public boolean hasVhost(String vhost) {
    return true;
  }

  @Override
  public Publisher publisher(Caller caller, Origin origin) {
    return new Publisher() {
      @Override
      public PublishResult publish(Message message, int flags) {
        return PublishResult.UNROUTABLE;
      }

      @Override
      public int flush(long batchId) {
        return 0;
      }
    };
  }

  @Override
  @SuppressWarnings("unchecked") // only CheckExchange is asked, which answers Done
  public <R> Future<Result<R>> ask(Request<R> request) {
    Promise<Result<R>> promise = Promise.promise();
    vertx.setTimer(5, _ -> promise.complete((Result<R>) Result.ok(Request.Done.DONE)));
    return promise.future();
  }

  @Override
  public void settle(Delivery delivery, Outcome outcome) {}

  @Override
  public void grant(ConsumerRef consumer, int credit, boolean drain) {}

  @Override
  public void sessionEnded(SessionRef session) {
    ended.add(session);
  }
}
