package io.serai.bus;

/**
 * Who asks for something: checked once, in the routing core.
 *
 * @param session the connection; exclusive and transient objects are owned by it
 * @param principal its user
 * @param vhost its name space
 * @param clientId the client's own name for topic permissions, empty when it has none
 */
public record Caller(SessionRef session, Principal principal, String vhost, String clientId) {}
