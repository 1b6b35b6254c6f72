*** Settings ***
Documentation     The same three requests with the same checks, for Robot Framework: each scenario is a test.
Library           Collections
Library           RequestsLibrary
Suite Setup       Create Session    service    %{BENCH_URL}    disable_warnings=1
Suite Teardown    Delete All Sessions
Test Template     A client gets a token and posts a payload

*** Test Cases ***
@TESTS@

*** Keywords ***
A client gets a token and posts a payload
    [Arguments]    ${number}
    ${manager}=    Create Dictionary    Authorization=Bearer %{CONFORM_MANAGER_KEY}
    ${named}=    Create Dictionary    name=bench
    ${made}=    POST On Session    service    /connectors/orders/clients    json=${named}    headers=${manager}    expected_status=201
    ${client}=    Set Variable    ${made.json()}
    Should Be True    isinstance($client['client_id'], str) and isinstance($client['client_secret'], str)
    ${basic}=    Evaluate    base64.b64encode(($client['client_id'] + ':' + $client['client_secret']).encode()).decode()    modules=base64
    ${authorization}=    Create Dictionary    Authorization=Basic ${basic}
    ${form}=    Create Dictionary    grant_type=client_credentials
    ${issued}=    POST On Session    service    /connectors/orders/oauth/token    data=${form}    headers=${authorization}    expected_status=200
    Should Contain    ${issued.headers['Cache-Control']}    no-store
    ${token}=    Set Variable    ${issued.json()}
    Should Be True    isinstance($token['access_token'], str) and $token['expires_in'] == 86400
    ${bearer}=    Create Dictionary    Authorization=Bearer ${token['access_token']}
    ${payload}=    Evaluate    {"id": "bench-" + str($number), "lines": [{"sku": "A-1", "quantity": 1}]}
    ${posted}=    POST On Session    service    /v1/acme/orders    json=${payload}    headers=${bearer}    expected_status=201
    Should Be True    isinstance($posted.json()['id'], str)
