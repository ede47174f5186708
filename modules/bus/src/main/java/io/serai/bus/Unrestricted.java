package io.serai.bus;

import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.Set;

/** A user who may do everything: the node itself, and whoever nobody restricts. */
public record Unrestricted(String user, Set<String> tags) implements Principal {
  public Unrestricted {
    tags = Set.copyOf(tags);
  }

  /** One without tags. */
  public Unrestricted(String user) {
    this(user, Set.of());
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
