package io.serai.bus;

/**
 * One numbered thing that is under way in a durable client session, such as an MQTT QoS 2 exchange
 * under its packet id.
 *
 * @param session which of the sessions that the client id has had: what is noted of an earlier one
 *     says nothing about a later one
 * @param id the gateway's number for it
 */
public record SessionItem(String vhost, String clientId, long session, int id) {}
