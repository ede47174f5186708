package io.serai.security;

import io.serai.bus.Principal;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user of a {@link UserDirectory} on one connection. Every answer looks at the current snapshot:
 * a change of permissions counts at once, and a user that was deleted may do nothing. Decisions are
 * remembered per connection, so that asking again costs no matching. Safe on any thread.
 */
final class DirectoryPrincipal implements Principal {
  /** The name under which permissions know the default exchange, as in RabbitMQ. */
  private static final String DEFAULT_EXCHANGE = "amq.default";

  private enum TopicAction {
    PUBLISH,
    SUBSCRIBE
  }

  /** The user as of one snapshot; null once it is deleted. */
  private record View(
      UserDirectory.Snapshot snapshot, @Nullable User user, DecisionCache decisions) {}

  private final UserDirectory directory;
  private final String name;
  private volatile View view;

  DirectoryPrincipal(UserDirectory directory, String name) {
    this.directory = directory;
    this.name = name;
    this.view = viewOf(directory.snapshot());
  }

  private View viewOf(UserDirectory.Snapshot snapshot) {
    return new View(snapshot, snapshot.find(name), new DecisionCache());
  }

  private View current() {
    View known = view;
    UserDirectory.Snapshot snapshot = directory.snapshot();
    if (known.snapshot.version() != snapshot.version()) {
      known = viewOf(snapshot);
      view = known;
    }
    return known;
  }

  @Override
  public String user() {
    return name;
  }

  @Override
  public Set<String> tags() {
    User user = current().user;
    return user == null ? Set.of() : user.tags();
  }

  @Override
  public long version() {
    return directory.version();
  }

  @Override
  public boolean mayEnter(String vhost) {
    User user = current().user;
    return user != null && user.permission(vhost) != null;
  }

  @Override
  public boolean may(Action action, String vhost, String resource) {
    View now = current();
    Permission permission = now.user == null ? null : now.user.permission(vhost);
    if (permission == null) {
      return false;
    }
    String named = resource.isEmpty() ? DEFAULT_EXCHANGE : resource;
    AccessPattern pattern = permission.on(action);
    return pattern.isConstant()
        ? pattern.matches(named)
        : now.decisions.decided(action, vhost, named, "", () -> pattern.matches(named));
  }

  @Override
  public boolean mayPublish(String vhost, String exchange, Topic topic, String clientId) {
    View now = current();
    if (now.user == null || now.user.permission(vhost) == null) {
      return false;
    }
    TopicPermission permission = now.user.topicPermission(vhost, exchange);
    return permission == null
        || now.decisions.decided(
            TopicAction.PUBLISH,
            place(vhost, exchange),
            topic,
            clientId,
            () ->
                permission
                    .write()
                    .forConnection(name, vhost, clientId)
                    .matches(topic.spelled(Spelling.DOT)));
  }

  @Override
  public boolean maySubscribe(String vhost, String exchange, TopicFilter filter, String clientId) {
    View now = current();
    if (now.user == null || now.user.permission(vhost) == null) {
      return false;
    }
    TopicPermission permission = now.user.topicPermission(vhost, exchange);
    // Not remembered: a subscription is asked about once.
    return permission == null
        || permission
            .read()
            .forConnection(name, vhost, clientId)
            .matches(filter.spelled(Spelling.DOT));
  }

  @Override
  public int maxQos(String vhost, String exchange) {
    TopicPermission permission = topics(vhost, exchange);
    return permission == null ? 2 : permission.maxQos();
  }

  @Override
  public boolean mayRetain(String vhost, String exchange) {
    TopicPermission permission = topics(vhost, exchange);
    return permission == null || permission.mayRetain();
  }

  private @Nullable TopicPermission topics(String vhost, String exchange) {
    User user = current().user;
    return user == null ? null : user.topicPermission(vhost, exchange);
  }

  private static String place(String vhost, String exchange) {
    return vhost + '\n' + exchange;
  }

  @Override
  public String toString() {
    return "DirectoryPrincipal[" + name + "]";
  }
}
