package io.serai.routing;

import io.serai.bus.Principal;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.Set;

/** The node itself, which may publish anywhere, internal exchanges included. */
enum NodePrincipal implements Principal {
  NODE;

  @Override
  public String user() {
    return "";
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
