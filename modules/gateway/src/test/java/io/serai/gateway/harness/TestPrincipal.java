package io.serai.gateway.harness;

import io.serai.bus.Principal;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.Set;

/** A user who may do everything; access is decided by whoever answers the session's requests. */
public record TestPrincipal(String user, Set<String> tags) implements Principal {
  public TestPrincipal(String user) {
    this(user, Set.of());
  }

  @Override
  public long version() {
    return 1;
  }

  @Override
  public boolean mayEnter(String vhost) {
    return true;
  }

  @Override
  public boolean may(Action action, String vhost, String resource) {
    return true;
  }

  @Override
  public boolean mayPublish(String vhost, String exchange, Topic topic, String clientId) {
    return true;
  }

  @Override
  public boolean maySubscribe(String vhost, String exchange, TopicFilter filter, String clientId) {
    return true;
  }
}
