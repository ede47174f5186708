package io.serai.bus;

/**
 * The address of one live connection.
 *
 * @param loop the state loop the connection lives on
 * @param id unique within the node's life, never reused
 */
public record SessionRef(int loop, long id) {}
