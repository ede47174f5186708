package io.serai.routing;

import io.serai.bus.Principal;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.Set;

/**
 * A user that declared something and is gone since: may do nothing.
 *
 * @param user the name
 */
record FormerUser(String user) implements Principal {
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
    return false;
  }

  @Override
  public boolean may(Action action, String vhost, String resource) {
    return false;
  }

  @Override
  public boolean mayPublish(String vhost, String exchange, Topic topic, String clientId) {
    return false;
  }

  @Override
  public boolean maySubscribe(String vhost, String exchange, TopicFilter filter, String clientId) {
    return false;
  }
}
