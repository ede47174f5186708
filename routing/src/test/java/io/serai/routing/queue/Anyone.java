package io.serai.routing.queue;

import io.serai.bus.Principal;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.Set;

/** A user who may do everything. */
enum Anyone implements Principal {
  ANYONE;

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
    return 0;
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
