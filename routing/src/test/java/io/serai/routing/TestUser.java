package io.serai.routing;

import io.serai.bus.Caller;
import io.serai.bus.Principal;
import io.serai.bus.SessionRef;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A user who may do everything but what a test forbids. Forbidden things are written as text. */
final class TestUser implements Principal {
  static final String VHOST = "/";

  private final Set<String> forbidden = ConcurrentHashMap.newKeySet();
  private final AtomicLong version = new AtomicLong();

  /** Forbids e.g. {@code WRITE queue}, {@code PUBLISH a.b} or {@code SUBSCRIBE a.#}. */
  TestUser forbid(String what) {
    forbidden.add(what);
    version.incrementAndGet();
    return this;
  }

  void allow(String what) {
    forbidden.remove(what);
    version.incrementAndGet();
  }

  Caller on(SessionRef session) {
    return new Caller(session, this, VHOST, "client-" + session.id());
  }

  @Override
  public String user() {
    return "guest";
  }

  @Override
  public Set<String> tags() {
    return Set.of();
  }

  @Override
  public long version() {
    return version.get();
  }

  @Override
  public boolean mayEnter(String vhost) {
    return true;
  }

  @Override
  public boolean may(Action action, String vhost, String resource) {
    return !forbidden.contains(action + " " + resource);
  }

  @Override
  public boolean mayPublish(String vhost, String exchange, Topic topic, String clientId) {
    return !forbidden.contains("PUBLISH " + topic.spelled(Spelling.DOT));
  }

  @Override
  public boolean maySubscribe(String vhost, String exchange, TopicFilter filter, String clientId) {
    return !forbidden.contains("SUBSCRIBE " + filter.spelled(Spelling.DOT));
  }
}
